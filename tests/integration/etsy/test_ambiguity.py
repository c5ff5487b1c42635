"""When it is not clear what was done: a draft whose answer was lost is found by its mark, and made once."""

import pytest
import requests

from common.errors import Unavailable
from common.http.exchange import NoAnswer
from functions.push.etsy.marks import mark_of, with_mark
from tests.integration.etsy.conftest import Desk, new_listing

MARK = mark_of("default", "design-1", "1")


@pytest.mark.parametrize("fault", ["created_but_500", "drop", "malformed"])
def test_a_draft_that_was_made_without_an_answer_is_found(desk: Desk, fault: str) -> None:
    client, sent_at = desk.client(), desk.stand_in.clock.now()
    desk.stand_in.plant("etsy.createDraftListing", fault)
    with pytest.raises(Unavailable) as raised:
        client.create_draft(new_listing(description=with_mark("A wrap.", MARK)))
    assert getattr(raised.value, "perhaps_done", True)
    (found,) = client.find_by_mark(MARK, sent_at)
    assert [found.id] == [each["listing_id"] for each in desk.stand_in.held()]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_draft_that_was_not_made_is_not_found(desk: Desk, status: int) -> None:
    client, sent_at = desk.client(), desk.stand_in.clock.now()
    desk.stand_in.plant("etsy.createDraftListing", "status", status=status)
    with pytest.raises(Unavailable):
        client.create_draft(new_listing(description=with_mark("A wrap.", MARK)))
    assert client.find_by_mark(MARK, sent_at) == []


@pytest.mark.parametrize("fault", ["malformed", "drop"])
def test_a_broken_list_of_drafts_is_not_an_empty_one(desk: Desk, fault: str) -> None:
    client = desk.client()
    client.create_draft(new_listing())
    desk.stand_in.plant("etsy.getListingsByShop", fault)
    with pytest.raises(Unavailable):
        client.drafts()


def test_what_never_left_is_known_not_to_be_done(desk: Desk) -> None:
    client = desk.client()
    client.drafts()
    desk.stand_in.url = "http://127.0.0.1:9"
    with requests.Session() as session, pytest.raises(NoAnswer) as raised:
        desk.client(session=session).drafts()
    assert raised.value.perhaps_done is False
    assert desk.ledger.given_back.count("etsy") == 1, "the call that never left is given back"
