"""Every request that the client can make: against the stand-in's fields, and against Etsy's own API description.

The description is the vendor's and no part of this project. Where it is not at hand those tests are skipped.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from functions.push.etsy import calls
from functions.push.etsy.calls import Call
from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.problems import Invalid
from tests.support.vendor_files import vendor_file
from tests.unit.etsy.requests_made import REQUESTS, SCOPES


@pytest.fixture(scope="module")
def description() -> Any:
    return json.loads(vendor_file("etsy-v3-openapi.json", "Etsy's API description"))


def operation(description: Any, call: Call) -> Any:
    """What Etsy says of the method and path of a call."""
    for path, methods in description["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", r"\\d+", re.escape(path))
        if re.fullmatch(pattern, f"/v3/application{call.path}") and call.method.lower() in methods:
            return methods[call.method.lower()]
    raise AssertionError(f"Etsy has no {call.method} {call.path}")


def problems(description: Any, call: Call) -> list[str]:
    """What Etsy would refuse in a call."""
    described = operation(description, call)
    found = [] if described["operationId"] == call.operation else [f"it is {described['operationId']}"]
    known = {each["name"]: each for each in described.get("parameters", ()) if each["in"] == "query"}
    required = {name for name, each in known.items() if each.get("required")}
    found += _text_problems({name: each["schema"] for name, each in known.items()}, required, call.query)
    bodies = described.get("requestBody", {}).get("content", {})
    for kind, body in bodies.items():
        found += _body_problems(kind, body["schema"], call)
    if not bodies and (call.form or call.document or call.upload):
        found.append("there is no body")
    return found


def _body_problems(kind: str, body: Any, call: Call) -> Iterator[str]:
    if kind == "application/json":
        text = json.dumps(body).replace('"nullable": true', '"$comment": "nullable"')
        validator = jsonschema.Draft4Validator(_nullable(json.loads(text)))
        yield from (error.message for error in validator.iter_errors(call.document))
        return
    given = list(call.form or ())
    if call.upload:
        assert kind == "multipart/form-data"
        given.append((call.upload.field, "the file"))
    yield from _text_problems(body["properties"], body.get("required", ()), given)


def _nullable(shape: Any) -> Any:
    """OpenAPI's `nullable` in words of JSON Schema."""
    if isinstance(shape, list):
        return [_nullable(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    made = {name: _nullable(each) for name, each in shape.items()}
    if made.pop("$comment", None) == "nullable" and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if made.get("type") == "object":
        made["additionalProperties"] = False
    return made


def _text_problems(known: Any, required: Any, given: Any) -> Iterator[str]:
    names = [name for name, _ in given]
    yield from (f"{name} is missing" for name in required if name not in names)
    yield from (f"{name} twice" for name in set(names) if names.count(name) > 1)
    for name, text in given:
        if name not in known:
            yield f"{name} is unknown"
        else:
            value = _value(known[name], text)
            errors = jsonschema.Draft4Validator(known[name]).iter_errors(value)
            yield from (f"{name}: {error.message}" for error in errors)


def _value(shape: Any, text: str) -> Any:
    if shape["type"] == "array":
        return [_value(shape["items"], part) for part in text.split(",")]
    return text if shape["type"] == "string" else json.loads(text)


def test_the_check_itself_can_fail(description: Any) -> None:
    bad = Call("createDraftListing", "POST", "/shops/1/listings", form=[("title", "a"), ("sku", "b")])
    assert {"quantity is missing", "sku is unknown"} <= set(problems(description, bad))
    other = Call("getListing", "GET", "/listings/1", [("includes", "Everything")])
    assert problems(description, other)
    document = {"products": [{"offerings": [{"price": "4", "quantity": 1, "is_enabled": True}]}]}
    assert (
        len(
            problems(
                description, Call("updateListingInventory", "PUT", "/listings/1/inventory", document=document)
            )
        )
        == 2
    )


@pytest.mark.parametrize("name", REQUESTS)
def test_etsy_accepts_what_we_send(description: Any, name: str) -> None:
    assert problems(description, REQUESTS[name]) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_the_consent_covers_what_we_call(description: Any, name: str) -> None:
    for way in operation(description, REQUESTS[name]).get("security") or ():
        assert set(way.get("oauth2", ())) <= set(SCOPES)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_stand_in_accepts_what_we_send(name: str) -> None:
    call = REQUESTS[name]
    schema.query_of(call.operation, call.query)
    if call.document is not None:
        assert schema.json_of(call.operation, json.dumps(call.document).encode()) == call.document
    elif call.form is not None:
        schema.form_of(call.operation, call.form)


def test_the_stand_in_does_not_accept_just_anything() -> None:
    with pytest.raises(Invalid):
        schema.form_of("createDraftListing", [("title", "a")])


def test_no_request_is_left_out() -> None:
    made = {call.operation for call in REQUESTS.values()}
    documented = {function.__doc__.split(",")[0].split(";")[0].rstrip(".") for function in _builders()}
    assert made == documented


def _builders() -> list[Any]:
    return [
        each
        for name, each in vars(calls).items()
        if callable(each) and getattr(each, "__annotations__", {}).get("return") is Call
    ]
