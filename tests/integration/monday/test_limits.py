"""The account's limits, as the stand-in enforces them and as the shared ledger keeps them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.errors import Misconfigured, WaitUntil
from common.quotas import Quotas
from functions.push.monday.client import Monday
from functions.push.monday.documents import ArchiveItem, document
from functions.push.monday.limits import next_utc_midnight
from tests.integration.monday.boards import ITEMS
from tests.integration.monday.conftest import StandIn, Start
from tests.integration.monday.writing import create

BODY = document([ArchiveItem("1")])
NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def waited(stand_in: StandIn, **options: Any) -> WaitUntil:
    """What a write raises at a fixed time."""
    with pytest.raises(WaitUntil) as raised:
        stand_in.client(now=lambda: NOW, **options).perform(BODY, "key-1")
    return raised.value


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("MINUTE_RATE_LIMIT_EXCEEDED", "monday_minute"),
        ("MAX_CONCURRENCY_EXCEEDED", "monday_concurrency"),
        ("IP_RATE_LIMIT_EXCEEDED", "monday_address_rate"),
    ],
)
def test_a_used_up_limit_is_awaited_as_long_as_the_vendor_says(
    stand_in: StandIn, code: str, reason: str
) -> None:
    stand_in.plant("monday.mutation", "status", status=429, code=code, retry_in_seconds=17)
    found = waited(stand_in)
    assert (found.until, found.reason) == (NOW + timedelta(seconds=17), reason)


@pytest.mark.parametrize("shape", ["new", "old"])
@pytest.mark.parametrize("status", [200, 429])
def test_a_used_up_complexity_budget_in_either_shape_and_status(
    stand_in: StandIn, shape: str, status: int
) -> None:
    stand_in.plant("monday.mutation", "complexity_exhausted", shape=shape, status=status, retry_in_seconds=9)
    found = waited(stand_in)
    assert (found.until, found.reason) == (NOW + timedelta(seconds=9), "monday_complexity")


def test_the_calls_of_a_day_are_awaited_until_the_next_utc_day(start: Start) -> None:
    stand_in = start(per_day=2)
    client = stand_in.client()
    assert client.identity()
    assert client.identity()
    with pytest.raises(WaitUntil) as raised:
        client.identity()
    assert raised.value.reason == "monday_day"
    assert raised.value.until == next_utc_midnight(stand_in.clock.now())
    stand_in.advance((raised.value.until - stand_in.clock.now()).total_seconds() + 1)
    assert client.identity()


def test_the_budget_of_complexity_runs_out_and_comes_back(start: Start) -> None:
    stand_in = start(plan="free", personal_token=True)
    client = stand_in.client()
    with pytest.raises(WaitUntil) as raised:
        create_hundreds(client)
    assert raised.value.reason == "monday_complexity"
    stand_in.advance((raised.value.until - stand_in.clock.now()).total_seconds() + 1)
    assert create(client, ["u-after"])


def create_hundreds(client: Monday) -> None:
    for number in range(6):
        create(client, [f"u-{number}-{line}" for line in range(20)])


@pytest.mark.parametrize(("status", "reason"), [(401, "monday_credentials"), (403, "monday_permission")])
def test_a_refused_token_is_for_whoever_configures(stand_in: StandIn, status: int, reason: str) -> None:
    stand_in.plant("monday.mutation", "status", status=status)
    with pytest.raises(Misconfigured) as raised:
        stand_in.client().perform(BODY, "key-1")
    assert raised.value.reason == reason


def test_another_token_is_refused_without_being_shown(stand_in: StandIn) -> None:
    with pytest.raises(Misconfigured) as raised:
        stand_in.client(token="not-the-token").identity()
    assert "not-the-token" not in str(raised.value)


def test_a_board_that_is_not_there(stand_in: StandIn) -> None:
    with pytest.raises(Misconfigured, match="no active board 99"):
        stand_in.client().board("99")
    with pytest.raises(Misconfigured):
        stand_in.client().find("99", "text_key", ["u-1"])


def test_the_ledger_closes_a_limit_for_every_instance(stand_in: StandIn, quotas: Quotas, now: Any) -> None:
    """One instance is turned away; another one does not even ask."""
    stand_in.plant("monday.mutation", "status", status=429, retry_in_seconds=30)
    with pytest.raises(WaitUntil) as theirs:
        stand_in.client(ledger=quotas, now=now).perform(BODY, "key-1")
    calls = stand_in.calls()["used"]["day"]
    with pytest.raises(WaitUntil) as ours:
        stand_in.client(ledger=quotas, now=now).perform(BODY, "key-2")
    assert ours.value.reason == "quota_minute"
    assert ours.value.until == theirs.value.until
    assert stand_in.calls()["used"]["day"] == calls


def test_the_ledger_counts_as_the_vendor_does(
    stand_in: StandIn, quotas: Quotas, now: Any, books: Any
) -> None:
    client = stand_in.client(ledger=quotas, now=now)
    ids_made = create(client, [f"u-{number}" for number in range(20)])
    client.find(ITEMS, "text_key", ["u-1"])
    client.items(ids_made)
    used = {
        row[0]: row[1] for row in books.run("select dimension, used from quotas where account = 'monday'")
    }
    assert used["day"] == stand_in.calls()["used"]["day"] == 4
    assert used["concurrency"] == 0
    assert used["reads"] + used["writes"] == stand_in.total("points")
    assert used["writes"] > 200_000


def test_a_day_is_reserved_before_it_is_overdrawn(
    stand_in: StandIn, quotas: Quotas, now: Any, books: Any
) -> None:
    client = stand_in.client(ledger=quotas, now=now, plan="basic")
    assert client.identity()
    books.run("update quotas set used = 1000 where dimension = 'day'")
    with pytest.raises(WaitUntil) as raised:
        client.identity()
    assert raised.value.reason == "quota_day"
    assert raised.value.until == next_utc_midnight(now())
