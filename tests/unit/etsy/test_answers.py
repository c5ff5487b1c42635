"""Answers read into data, limits and errors; whatever comes, an error says what to do next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import (
    Conflict,
    GiveUp,
    Misconfigured,
    NotFound,
    Refuse,
    Retry,
    ShelflineError,
    Unavailable,
    WaitUntil,
)
from common.http.exchange import Reply
from functions.push.etsy import answers, drafts
from functions.push.etsy.answers import HeldImage, HeldListing, Page
from functions.push.etsy.budget import calls_of_a_listing, calls_of_a_look_up, dimensions
from functions.push.etsy.failures import failure, words
from functions.push.etsy.limits import Limits, usage
from tests.fakes.http import reply
from tests.fakes.ledger import NOW

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "count", "listing_id", "state", "created_timestamp", "products", "error"]
            ),
            each,
            max_size=4,
        )
    ),
    max_leaves=12,
)
LISTING = {"listing_id": 5, "state": "draft", "created_timestamp": int(NOW.timestamp())}
IMAGE = {"listing_image_id": 7, "rank": 1}
OFFERING = {"price": {"amount": 400, "divisor": 100}, "quantity": 3}


@dataclass(frozen=True)
class Reader:
    """How one kind of answer is read."""

    read: Callable[[Reply], Any]
    sound: Mapping[str, Any]
    gives: type


READERS = {
    "listing": Reader(answers.listing_in, LISTING, HeldListing),
    "page": Reader(answers.page_in, {"count": 1, "results": [LISTING]}, Page),
    "image": Reader(answers.image_in, IMAGE, HeldImage),
    "images": Reader(answers.images_in, {"count": 1, "results": [IMAGE]}, tuple),
    "products": Reader(answers.products_in, {"products": [{"sku": "a", "offerings": [OFFERING]}]}, tuple),
    "kinds": Reader(answers.kinds_in, {"results": [{"id": 1063, "name": "Mugs"}]}, tuple),
}


def is_read_or_refused(reader: Reader, body: Any) -> bool:
    """Whether an answer is read into what the reader gives, or told to be no whole one."""
    try:
        found = reader.read(reply(body))
    except Unavailable as error:
        return error.reason == "etsy_malformed"
    return isinstance(found, reader.gives)


@pytest.mark.parametrize("name", READERS)
def test_a_sound_answer_is_read(name: str) -> None:
    reader = READERS[name]
    found = reader.read(reply(reader.sound))
    assert isinstance(found, reader.gives)
    assert found, "there is something in it"


@given(st.sampled_from(list(READERS)), JSON)
def test_an_answer_is_read_or_says_nothing(name: str, body: Any) -> None:
    assert is_read_or_refused(READERS[name], body)


@given(st.sampled_from(list(READERS)), st.data(), JSON)
def test_a_sound_answer_with_a_strange_field_is_read_or_says_nothing(
    name: str, data: st.DataObject, value: Any
) -> None:
    sound = READERS[name].sound
    field = data.draw(st.sampled_from([*sound, "images", "inventory", "tags", "title"]))
    assert is_read_or_refused(READERS[name], {**sound, field: value})


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"listing_id": 5', b"[]", b"null", b"[" * 100_000])
def test_what_is_no_answer_says_nothing(body: bytes) -> None:
    with pytest.raises(Unavailable):
        answers.listing_in(reply(body))


def test_what_was_not_asked_for_is_none_and_not_empty() -> None:
    held = answers.listing_in(reply(LISTING))
    assert (held.images, held.products, held.skus, held.created_at) == (None, None, (), NOW)


def test_the_price_of_a_product_is_exact() -> None:
    offering = {
        "quantity": 3,
        "is_deleted": False,
        "price": {"amount": 1999, "divisor": 100, "currency_code": "USD"},
    }
    gone = {"is_deleted": True, "quantity": 1, "price": offering["price"]}
    body = {"products": [{"sku": "a", "offerings": [gone, offering]}, {"sku": "b", "is_deleted": True}]}
    (product,) = answers.products_in(reply(body))
    assert (product.sku, product.price, product.quantity) == ("a", Decimal("19.99"), 3)


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (302, Misconfigured, "etsy_address"),
        (400, Refuse, "etsy_refused"),
        (401, Misconfigured, "etsy_credentials"),
        (403, Misconfigured, "etsy_permission"),
        (404, NotFound, "etsy_not_found"),
        (408, Unavailable, "etsy_unclear"),
        (409, Conflict, "etsy_conflict"),
        (413, Refuse, "etsy_refused"),
        (422, Refuse, "etsy_refused"),
        (500, Unavailable, "etsy_unclear"),
        (503, Unavailable, "etsy_unclear"),
    ],
)
def test_a_status_says_what_to_do_next(status: int, kind: type[ShelflineError], reason: str) -> None:
    error = failure(reply({"error": "their words"}, status), NOW)
    assert (type(error), error.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": "Server Error"}, "Server Error"),
        ({"error": "invalid_token", "error_description": "expired"}, "invalid_token: expired"),
        (
            [{"path": "/images", "type": "array_too_short", "message": "Array is too short"}],
            "/images: Array is too short",
        ),
        (b"<html>", "HTTP 400"),
        ({"error": "x" * 5000}, "x" * 300),
    ],
)
def test_etsys_words_are_found_in_every_shape(body: Any, said: str) -> None:
    assert words(reply(body, 400)) == said


@given(JSON, st.sampled_from([400, 404, 429, 500]))
def test_no_answer_upsets_the_reading_of_failures(body: Any, status: int) -> None:
    assert str(failure(reply(body, status), NOW))


def test_images_in_another_order_are_to_be_looked_at_again() -> None:
    said = "The ListingImages for this Listing are in an inconsistent order"
    assert isinstance(failure(reply({"error": said}, 400), NOW), Conflict)


@pytest.mark.parametrize(
    ("headers", "reason", "wait"),
    [
        ({"retry-after": "1", "x-remaining-today": "50"}, "etsy_second", 1),
        ({"retry-after": "86400", "x-remaining-today": "0"}, "etsy_day", 86_400),
        ({"retry-after": "86400"}, "etsy_day", 86_400),
        ({"x-remaining-today": "0"}, "etsy_day", 86_400),
        ({"retry-after": "999999999"}, "etsy_day", 86_400),
        ({}, "etsy_second", 1),
        ({"retry-after": "soon", "x-remaining-today": "many"}, "etsy_second", 1),
    ],
)
def test_a_used_up_limit_is_told_by_its_headers(headers: dict[str, str], reason: str, wait: int) -> None:
    error = failure(reply({}, 429, headers), NOW)
    assert isinstance(error, WaitUntil)
    assert (error.reason, error.until) == (reason, NOW + timedelta(seconds=wait))


def test_the_header_that_was_once_printed_short_is_read_too() -> None:
    assert usage({"x-remaining-this-secon": "4"}).left_this_second == 4


@given(st.text(max_size=12))
def test_any_header_is_a_number_or_not_known(text: str) -> None:
    left = usage({"x-remaining-today": text}).left_today
    assert left is None or left == int(text)


def test_a_call_takes_one_of_the_second_and_one_of_the_day() -> None:
    made = dimensions(Limits(per_second=5, per_day=5_000))
    assert (made["second"].kind, made["second"].capacity) == ("sliding", 5)
    assert 1 < made["second"].window_seconds < 1.5  # the way to Etsy takes some calls longer than others
    assert (made["second"].cost, made["day"].cost) == (1, 1)
    assert (made["day"].kind, made["day"].capacity, made["day"].window_seconds) == ("sliding", 5_000, 86_400)


def test_the_calls_of_a_push_are_known_beforehand() -> None:
    assert (calls_of_a_listing(8), calls_of_a_listing(8, has_inventory=False)) == (10, 9)
    assert [calls_of_a_look_up(count) for count in (0, 1, 100, 101)] == [1, 1, 1, 2]


def held(number: int, description: str = "") -> HeldListing:
    return HeldListing(number, "draft", "", description, NOW)


@pytest.mark.parametrize("change", ["delete", "create", "both"])
def test_a_list_that_changes_while_it_is_read_is_read_again(change: str) -> None:
    """Between two pages a draft is deleted, so that another moves unseen into the first, or one is made."""
    shop = list(range(150, 0, -1))
    readings = 0

    def page(offset: int) -> Page:
        nonlocal readings
        readings += 1
        if readings == 2:
            if change != "create":
                shop.pop(120 if change == "both" else 0)
            if change != "delete":
                shop.insert(0, 151)
        return Page(len(shop), tuple(held(number) for number in shop[offset : offset + 100]))

    assert [draft.id for draft in drafts.all_of(page)] == shop
    assert readings == 4


def test_a_list_that_never_stands_still_is_no_answer() -> None:
    with pytest.raises(Retry):
        drafts.all_of(lambda offset: Page(2, () if offset else (held(1),)))


def test_a_list_beyond_what_etsy_lets_us_read_is_for_a_person() -> None:
    with pytest.raises(GiveUp):
        drafts.all_of(lambda offset: Page(12_001, (held(1),)))
