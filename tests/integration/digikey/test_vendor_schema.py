"""What the client sends and what the stand-in answers, against DigiKey's own description of its API.

The description is the vendor's and no part of this project. Where it is not at hand these tests are skipped.
"""

import json
from typing import Any

import jsonschema
import pytest

from infra.local.samples.make_digikey_catalogue import FILE as CATALOGUE
from tests.integration.digikey.conftest import StandIn, Start
from tests.support.vendor_files import vendor_file


@pytest.fixture(scope="module")
def description() -> Any:
    return json.loads(vendor_file("digikey-v4-productsearch-swagger.json", "DigiKey's API description"))


@pytest.fixture
def sample(start: Start) -> StandIn:
    return start(catalogue=CATALOGUE)


def problems(description: Any, definition: str, *documents: Any) -> list[str]:
    """Where documents are not what the description defines."""
    schema = {"$ref": f"#/definitions/{definition}", "definitions": description["definitions"]}
    validator = jsonschema.Draft4Validator(schema)
    return [error.message for each in documents for error in validator.iter_errors(each)]


def test_the_check_itself_can_fail(description: Any) -> None:
    (problem,) = problems(description, "KeywordRequest", {"Keyword": "LM358P"})
    assert "'Keyword' was unexpected" in problem


def operation(description: Any, path: str, method: str) -> Any:
    return description["paths"][path][method]


def test_the_clients_search_is_what_the_vendor_accepts(stand_in: StandIn, description: Any) -> None:
    stand_in.client().search("LM358P", manufacturer_id=1)
    sent = stand_in.seen[-1]
    assert problems(description, "KeywordRequest", json.loads(sent.body or b"")) == []
    assert_headers(operation(description, "/search/keyword", "post"), sent)
    assert sent.path_url == f"{description['basePath']}/search/keyword"


def test_the_clients_question_for_details_is_what_the_vendor_accepts(
    stand_in: StandIn, description: Any
) -> None:
    stand_in.client().product_details("LM317T/NOPB", manufacturer_id=1)
    described = operation(description, "/search/{productNumber}/productdetails", "get")
    assert_headers(described, stand_in.seen[-1])
    queries = {one["name"] for one in described["parameters"] if one["in"] == "query"}
    assert "manufacturerId" in queries


def assert_headers(described: Any, sent: Any) -> None:
    """Every header of the vendor's that is required is sent, and none that it does not know."""
    known = {
        one["name"].lower(): one.get("required", False)
        for one in described["parameters"]
        if one["in"] == "header"
    }
    ours = {name.lower() for name in sent.headers if name.lower().startswith("x-digikey-")}
    assert {name for name, required in known.items() if required} <= ours <= known.keys()


@pytest.mark.parametrize("keywords", ["LM358P", "1N4148", "PIC16F84A-04/P", "no such thing", "22-23-2021"])
def test_the_answer_to_a_search_is_as_described(sample: StandIn, description: Any, keywords: str) -> None:
    body = sample.call("POST", "/keyword", json={"Keywords": keywords}).json()
    assert problems(description, "KeywordResponse", body) == []


def test_every_product_of_the_sample_catalogue_is_as_described(description: Any) -> None:
    products = [json.loads(line) for line in CATALOGUE.read_text(encoding="utf-8").splitlines()]
    for product in products:
        product.pop("_sparse", None)
    assert products
    assert problems(description, "Product", *products) == []


def test_the_other_answers_are_as_described(stand_in: StandIn, description: Any) -> None:
    details = stand_in.call("GET", "/LM358P/productdetails").json()
    assert problems(description, "ProductDetails", details) == []
    manufacturers = stand_in.call("GET", "/manufacturers").json()
    assert problems(description, "ManufacturersResponse", manufacturers) == []
    unknown = stand_in.call("GET", "/NOPE/productdetails").json()
    incomplete = stand_in.call("POST", "/keyword", json={}).json()
    assert problems(description, "DKProblemDetails", unknown, incomplete) == []
