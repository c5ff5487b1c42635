"""The stand-in's reading of requests: whatever is sent is read, or refused with words."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.problems import Invalid

FIELDS = list(schema.operations()["createDraftListing"]["body"])
FORMS = st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=12)), max_size=40)
NUMBERS = st.integers() | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=5)
NAMES = st.sampled_from(
    ["products", "sku", "offerings", "price", "quantity", "is_enabled", "property_values"]
)
DOCUMENTS = st.recursive(
    LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=5), max_leaves=15
)


@given(FORMS)
def test_a_form_is_read_or_refused(form: list[tuple[str, str]]) -> None:
    with contextlib.suppress(Invalid):
        schema.form_of("updateListing", form)


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
def test_what_is_no_document_is_refused(body: bytes) -> None:
    with contextlib.suppress(Invalid):
        schema.json_of("updateListingInventory", body)
