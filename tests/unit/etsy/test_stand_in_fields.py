"""The stand-in's reading of requests: whatever is sent is read, or refused with words."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.problems import Invalid

FIELDS = list(schema.operations()["createDraftListing"]["body"])
TEXTS = st.text(max_size=12) | st.sampled_from(["1", "4.00", "true", "made_to_order"])
FORMS = st.lists(st.tuples(st.sampled_from(FIELDS), TEXTS), max_size=12)
NUMBERS = st.integers() | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=5)
NAMES = st.sampled_from(
    ["products", "sku", "offerings", "price", "quantity", "is_enabled", "property_values"]
)
DOCUMENTS = st.recursive(
    LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=5), max_leaves=15
)


def refusal(form: list[tuple[str, str]]) -> str | None:
    """The words with which a form is refused; None when it is read."""
    try:
        schema.form_of("updateListing", form)
    except Invalid as refused:
        return refused.message
    return None


@given(FORMS)
def test_a_form_is_read_unless_one_of_its_fields_is_refused(form: list[tuple[str, str]]) -> None:
    """Of a repeated field the last one counts."""
    refused = refusal(form)
    alone = [refusal([field]) for field in dict(form).items()]
    assert (refused is None) == all(words is None for words in alone)
    assert refused is None or refused in alone


@given(st.text(max_size=12), st.text(max_size=12))
def test_of_a_field_that_is_sent_twice_the_last_is_read(first: str, last: str) -> None:
    assert schema.form_of("updateListing", [("title", first), ("title", last)])["title"] == last


@given(st.sampled_from(list(schema.operations()["updateListing"]["body"])), st.text(max_size=12))
def test_what_is_read_has_its_type(name: str, text: str) -> None:
    kinds = {"integer": int, "number": float, "boolean": bool, "string": str, "array": list}
    with contextlib.suppress(Invalid):
        value = schema.form_of("updateListing", [(name, text)])[name]
        assert isinstance(value, kinds[schema.operations()["updateListing"]["body"][name]["type"]])


@given(DOCUMENTS)
def test_a_document_is_read_or_refused(document: Any) -> None:
    with contextlib.suppress(Invalid):
        read = schema.json_of("updateListingInventory", json.dumps(document).encode())
        assert read == document


@given(st.binary(max_size=40))
@example(b"")
@example(b"{}")
@example(b"[" * 100_000)
def test_what_is_no_document_is_refused(body: bytes) -> None:
    assume(b"products" not in body.replace(b"\0", b""))  # a document of an inventory names them
    with pytest.raises(Invalid) as refused:
        schema.json_of("updateListingInventory", body)
    assert refused.value.message
