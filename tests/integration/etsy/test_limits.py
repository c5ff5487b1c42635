"""The application's limits, as the stand-in enforces them and as the shared ledger keeps them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from common.errors import WaitUntil
from common.quotas import Quotas
from functions.push.etsy.limits import Limits
from tests.fakes.ledger import NOW
from tests.integration.etsy.conftest import Desk, MakeDesk

Now = Callable[[], datetime]


@pytest.mark.parametrize(
    ("limit", "reason", "wait"),
    [("second", "etsy_second", timedelta(seconds=1)), ("day", "etsy_day", timedelta(days=1))],
)
def test_a_used_up_limit_is_awaited_as_long_as_etsy_says(
    desk: Desk, limit: str, reason: str, wait: timedelta
) -> None:
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=429, limit=limit)
    with pytest.raises(WaitUntil) as raised:
        desk.client(now=lambda: NOW).drafts()
    assert (raised.value.reason, raised.value.until) == (reason, NOW + wait)
    assert desk.ledger.reports[-1][0] == limit


def test_our_ledger_stops_before_etsy_does(make_desk: MakeDesk, quotas: Quotas, now: Now) -> None:
    desk = make_desk(per_day=10_000)
    client = desk.client(ledger=quotas, now=now, limits=Limits(per_second=100, per_day=3))
    for _ in range(3):
        client.drafts()
    with pytest.raises(WaitUntil) as raised:
        client.drafts()
    assert raised.value.reason == "quota_day"
    assert desk.stand_in.calls()["getListingsByShop"] == 3


def test_calls_that_others_made_with_the_key_are_learnt_from_etsy(
    make_desk: MakeDesk, quotas: Quotas, now: Now
) -> None:
    desk = make_desk(per_day=4)
    client = desk.client(ledger=quotas, now=now, limits=Limits(per_second=100, per_day=100))
    client.drafts()
    desk.stand_in.token = desk.account().access_token
    for _ in range(2):
        desk.stand_in.call("GET", "/users/me")
    client.drafts()
    with pytest.raises(WaitUntil):
        client.drafts()
    assert desk.stand_in.calls()["getListingsByShop"] == 2, "nothing is sent that Etsy would refuse"


def test_a_day_that_etsy_closed_is_closed_to_all(make_desk: MakeDesk, quotas: Quotas, now: Now) -> None:
    desk = make_desk()
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=429, limit="day")
    with pytest.raises(WaitUntil) as theirs:
        desk.client(ledger=quotas, now=now).drafts()
    with pytest.raises(WaitUntil) as ours:
        desk.client(ledger=quotas, now=now).sections()
    assert ours.value.until == theirs.value.until
    assert "getShopSections" not in desk.stand_in.calls()


def test_answers_without_headers_say_nothing_of_the_budget(desk: Desk) -> None:
    desk.stand_in.plant("etsy.getListingsByShop", "no_rate_headers")
    assert desk.client().drafts() == []
    assert desk.ledger.reports == []
