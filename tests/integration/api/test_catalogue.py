"""Look-ups in the catalogue of parts by HTTP."""

import pytest

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


@pytest.fixture(autouse=True)
def _filled(pipeline: Pipeline, people: People) -> None:
    """Three parts that people have described."""
    parts = [
        ("LM358/D", "Acme", "Voltage", "5"),
        ("LM359", "Bolt", "Voltage", "12"),
        ("XX-LM35", "Acme", "Size", "2"),
    ]
    items = [
        {
            "part_number": number,
            "manufacturer": maker,
            "editor": "ann",
            "attributes": [{"name": name, "value": value}],
        }
        for number, maker, name, value in parts
    ]
    people.operator.post("/manual/batch/create/", json={"editor": "ann", "items": items})
    pipeline.drive()


def _numbers(people: People, path: str, **query: object) -> list[str]:
    answer = people.viewer.get(path, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [part["part_number"] for part in answer.json()["data"]["parts"]]


def test_numbers_are_found_by_a_piece_the_best_match_first(people: People) -> None:
    assert _numbers(people, "/manual/partnumbers/search/", q="lm35") == ["LM358/D", "LM359", "XX-LM35"]
    assert _numbers(people, "/manual/partnumbers/search/", q="%") == []


def test_a_number_with_a_slash_is_found(people: People) -> None:
    assert (
        people.viewer.get("/manual/partnumber/LM358/D/product/").json()["data"][0]["manufacturer"] == "Acme"
    )
    assert people.viewer.get("/manual/partnumber/none/product/").json()["code"] == "unknown_part"


def test_parts_are_searched_by_everything_and_paged(people: People) -> None:
    path = "/manual/search/advanced/"
    assert _numbers(people, path, manufacturer="acme") == ["LM358/D", "XX-LM35"]
    assert _numbers(people, path, attribute="voltage", attribute_value="12") == ["LM359"]
    assert _numbers(people, path, q="LM", sort="name", page=2, page_size=2) == ["XX-LM35"]
    assert _numbers(people, path, sort="date_desc", category="Uncat")[0] in ("LM358/D", "LM359", "XX-LM35")
    assert people.viewer.get(path, params={"page_size": 101}).status_code == 400


def test_attributes_and_categories_are_listed(people: People) -> None:
    names = [each["name"] for each in people.viewer.get("/manual/attributes/").json()["data"]]
    assert names == ["Voltage", "Size"]
    top = people.operator.post("/manual/categories/", json={"name": "Relays"}).json()["data"]
    below = people.operator.post("/manual/categories/", json={"name": "Reed", "parent_id": top["id"]}).json()[
        "data"
    ]
    assert below["full_name"] == "Relays > Reed"
    again = people.operator.post("/manual/categories/", json={"name": "Reed", "parent_id": top["id"]}).json()[
        "data"
    ]
    assert again["id"] == below["id"]
    shown = [each["full_name"] for each in people.viewer.get("/manual/categories/").json()["data"]]
    assert shown == ["Relays", "Relays > Reed", "Uncategorized"]
    missing = {"name": "x", "parent_id": "00000000-0000-0000-0000-000000000000"}
    assert people.operator.post("/manual/categories/", json=missing).json()["code"] == "unknown_category"


def test_a_stranger_finds_no_part(people: People) -> None:
    assert people.stranger.get("/manual/products/").json()["data"]["total"] == 0
    assert people.stranger.get("/manual/product/1/details/").status_code == 404
