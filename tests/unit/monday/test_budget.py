"""What a call takes of the account's limits, and what it gives back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.errors import WaitUntil
from functions.push.monday.budget import Budget
from functions.push.monday.limits import Complexity, Limit, Usage, plan_named
from tests.fakes.ledger import NOW, FakeLedger

SILENT = Usage({}, None, NOW)


def budget(plan: str = "standard") -> tuple[Budget, FakeLedger]:
    ledger = FakeLedger()
    return Budget(ledger, "default", plan_named(plan)), ledger


def test_a_write_takes_a_call_a_place_and_points_for_writing() -> None:
    ours, ledger = budget()
    ours.reserve(200_000, is_write=True)
    (taken,) = ledger.reserved
    assert {name: each.cost for name, each in taken.items()} == {
        "day": 1,
        "minute": 1,
        "writes": 200_000,
        "concurrency": 1,
    }
    assert {name: each.capacity for name, each in taken.items()} == {
        "day": 1_000,
        "minute": 1_000,
        "writes": 5_000_000,
        "concurrency": 40,
    }


def test_a_question_takes_points_for_reading() -> None:
    ours, ledger = budget()
    ours.reserve(100, is_write=False)
    assert set(ledger.reserved[0]) == {"day", "minute", "reads", "concurrency"}


def test_an_estimate_above_what_a_plan_allows_in_a_minute_is_cut_to_it() -> None:
    """A guess must not make a request impossible on a free account."""
    ours, ledger = budget("free")
    ours.reserve(900_000, is_write=False)
    assert ledger.reserved[0]["reads"].cost == 500_000


def test_a_call_that_never_left_costs_nothing() -> None:
    ours, ledger = budget()
    ours.unsent(ours.reserve(1_000, is_write=True))
    assert ledger.refunded == [{"day": 1, "minute": 1, "writes": 1_000, "concurrency": 1}]


def test_a_call_without_an_answer_counts_but_is_no_longer_under_way() -> None:
    ours, ledger = budget()
    ours.ended(ours.reserve(1_000, is_write=True))
    assert ledger.refunded == [{"concurrency": 1}]


def test_points_that_an_answer_did_not_cost_are_given_back() -> None:
    ours, ledger = budget()
    ours.settle(
        ours.reserve(1_000, is_write=True), replace(SILENT, complexity=Complexity(400, 4_999_600, 60))
    )
    assert ledger.refunded == [{"concurrency": 1, "writes": 600}]


def test_an_answer_that_cost_more_gives_no_points_back() -> None:
    ours, ledger = budget()
    ours.settle(
        ours.reserve(1_000, is_write=True), replace(SILENT, complexity=Complexity(4_000, 900_000, 60))
    )
    assert ledger.refunded == [{"concurrency": 1}]
    assert ledger.reports == [("writes", 900_000, None)]


def test_what_is_left_is_noted_only_where_it_may_bind() -> None:
    ours, ledger = budget()
    plenty, little = Limit(remaining=990), Limit(remaining=12)
    grant = ours.reserve(1_000, is_write=False)
    ours.settle(grant, replace(SILENT, limits={"minuteRate": plenty, "complexityMinute": plenty}))
    ours.settle(grant, replace(SILENT, limits={"minuteRate": little}))
    assert ledger.reports == [("reads", 990, None), ("minute", 12, None)]


def test_a_call_that_was_turned_away_counts_a_tenth() -> None:
    ours, ledger = budget()
    ours.turned_away(ours.reserve(1_000, is_write=True))
    assert ledger.refunded == [{"concurrency": 1, "day": 0.9, "minute": 0.9, "writes": 1_000}]


@pytest.mark.parametrize(
    ("reason", "limit"),
    [
        ("monday_day", "day"),
        ("monday_minute", "minute"),
        ("monday_address_rate", "minute"),
        ("monday_concurrency", "concurrency"),
        ("monday_complexity", "writes"),
    ],
)
def test_a_used_up_limit_is_closed_to_everybody_until_the_vendor_opens_it(reason: str, limit: str) -> None:
    ours, ledger = budget()
    grant = ours.reserve(1_000, is_write=True)
    until = NOW + timedelta(seconds=7)
    ours.close(grant, WaitUntil(until, reason=reason), NOW)
    assert ledger.reports == [(limit, grant.dimensions[limit].capacity, until)]
