"""Listings, images and products as fields of a request; what is refused before it is sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from common.errors import Refuse
from functions.push.etsy import calls
from functions.push.etsy.listing import NewImage, draft_form, image_form
from tests.unit.etsy.requests_made import FULL, REQUESTS, SMALL


def test_only_what_is_given_is_sent() -> None:
    assert dict(draft_form(SMALL)).keys() == {
        "title",
        "description",
        "price",
        "quantity",
        "taxonomy_id",
        "who_made",
        "when_made",
        "type",
        "shipping_profile_id",
    }


def test_lists_are_one_text_with_commas() -> None:
    form = dict(draft_form(FULL))
    assert (form["tags"], form["production_partner_ids"]) == ("sun flower,mug's", "1,2")
    assert (form["price"], form["is_taxable"], form["item_width"]) == ("4.10", "true", "9.5")


def test_a_weight_of_nothing_is_not_sent() -> None:
    assert "item_weight" not in dict(draft_form(replace(FULL, item_weight=Decimal(0))))


def test_the_same_listing_gives_the_same_request() -> None:
    assert calls.create_draft(1, FULL) == calls.create_draft(1, replace(FULL))


def test_processing_profiles_are_announced_where_they_are_used() -> None:
    assert REQUESTS["full-draft"].query == (calls.LEGACY,)
    assert REQUESTS["small-draft"].query == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shipping_profile_id": None}, "etsy_shipping_profile"),
        ({"price": Decimal(0)}, "etsy_price"),
        ({"quantity": 0}, "etsy_price"),
        ({"tags": ("a,b",)}, "etsy_comma"),
    ],
)
def test_what_etsy_is_known_to_refuse_is_not_sent(change: dict[str, object], reason: str) -> None:
    with pytest.raises(Refuse) as raised:
        draft_form(replace(SMALL, **change))  # type: ignore[arg-type]
    assert raised.value.reason == reason


def test_a_download_needs_no_shipping_profile() -> None:
    assert draft_form(replace(SMALL, type="download", shipping_profile_id=None))


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (NewImage(b"x", "a", 0), "etsy_image_rank"),
        (NewImage(b"x", "a", 21), "etsy_image_rank"),
        (NewImage(b"x", "a", 1, "a" * 501), "etsy_alt_text"),
    ],
)
def test_an_impossible_image_is_not_sent(image: NewImage, reason: str) -> None:
    with pytest.raises(Refuse) as raised:
        image_form(image)
    assert raised.value.reason == reason
