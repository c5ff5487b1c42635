"""A draft in a change, and as Etsy's client takes it: the same, and its mark beside."""

from decimal import Decimal

import orjson
from hypothesis import given
from hypothesis import strategies as st

from common.database.engine import as_json
from functions.push.designs.draft import document_of, listing_of, mark_for, product_of
from functions.push.etsy.listing import NewListing, draft_form
from functions.push.etsy.marks import without_mark

NUMBERS = st.integers(1, 2**53)
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(50_000), places=2)
LISTINGS = st.builds(
    NewListing,
    title=st.text(alphabet='Aé ’™"\\', min_size=1),
    description=st.text(alphabet="abc def\n").map(str.rstrip),
    price=AMOUNTS,
    quantity=st.integers(1, 999),
    taxonomy_id=NUMBERS,
    shipping_profile_id=NUMBERS,
    readiness_state_id=st.none() | NUMBERS,
    tags=st.lists(st.text(alphabet="abc", min_size=1), max_size=13),
    item_weight=st.none() | AMOUNTS,
    is_taxable=st.none() | st.booleans(),
)


@given(LISTINGS)
def test_a_listing_survives_its_change(listing: NewListing) -> None:
    document = orjson.loads(as_json(document_of(listing)))
    made = listing_of(document, "Ref. AAAAAAAAAAAAAAAA")
    plain = dict(draft_form(listing)) | {"description": without_mark(made.description)}
    assert dict(draft_form(made)) | {"description": without_mark(made.description)} == plain
    assert without_mark(made.description) == without_mark(listing.description)
    assert product_of(document, "UV 100").price == listing.price


def test_each_round_of_each_change_of_each_design_has_a_mark_of_its_own() -> None:
    marks = {
        mark_for(tenant, design, change, number)
        for tenant in ("one", "two")
        for design in ("a", "b")
        for change in (1, 2, 11)
        for number in (1, 2, 11)
    }
    assert len(marks) == 2 * 2 * 3 * 3
