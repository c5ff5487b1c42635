"""Turns: short waits are sat out, long ones are told, and a turn that was not used is given back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import WaitUntil
from common.quotas import Dimension, Grant
from functions.push.designs.turns import Turns
from functions.push.etsy.budget import ACCOUNT, dimensions
from functions.push.etsy.limits import Limits

LIMITS = Limits(per_second=5, per_day=100)
LONGEST_WAIT = 2.0


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: datetime = datetime(2030, 1, 1, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Ledger:
    """A budget that has room from certain times on, a call at each."""

    clock: Clock
    free: list[datetime]
    given: int = 0
    refunded: int = 0

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        if self.free[0] > self.clock.now:
            raise WaitUntil(self.free[0], reason="quota_second")
        self.free.pop(0)
        self.given += 1
        return Grant(tenant=tenant, account=account, units=1, dimensions=dimensions, id="", at=self.clock.now)

    def refund(self, grant: Grant, unused: int) -> None:
        self.refunded += unused

    def report(self, *_: object, **__: object) -> None:
        raise AssertionError("nothing is reported here")


def turns_at(*seconds: float) -> tuple[Turns, Ledger, Clock]:
    """Turns over a budget with room so many seconds from now on."""
    clock = Clock()
    ledger = Ledger(clock, [clock.now + timedelta(seconds=each) for each in seconds])
    return (
        Turns(ledger, "default", LIMITS, now=lambda: clock.now, longest_wait=LONGEST_WAIT, sleep=clock.sleep),
        ledger,
        clock,
    )


def take(turns: Turns, account: str = ACCOUNT) -> Grant:
    return turns.reserve("default", account, dimensions(LIMITS))


def test_a_short_wait_is_sat_out() -> None:
    turns, ledger, clock = turns_at(0, 0.2)
    take(turns)
    take(turns)
    assert ledger.given == 2
    assert clock.slept == [pytest.approx(0.2)]


def test_a_long_wait_is_told_at_once() -> None:
    turns, _, clock = turns_at(LONGEST_WAIT + 1)
    with pytest.raises(WaitUntil):
        take(turns)
    assert clock.slept == []


def test_short_waits_that_come_to_a_long_one_end() -> None:
    turns, ledger, clock = turns_at(1)

    def another_is_quicker(seconds: float) -> None:
        clock.sleep(seconds)
        ledger.free[0] += timedelta(seconds=1)

    turns = Turns(
        ledger, "default", LIMITS, now=lambda: clock.now, longest_wait=LONGEST_WAIT, sleep=another_is_quicker
    )
    with pytest.raises(WaitUntil):
        take(turns)
    assert sum(clock.slept) <= LONGEST_WAIT


def test_the_turn_that_was_taken_ahead_is_that_of_the_next_call() -> None:
    turns, ledger, _ = turns_at(0, 0, 0)
    with turns.ahead():
        take(turns)
        assert ledger.given == 1
        take(turns)  # a second call takes its own
    assert (ledger.given, ledger.refunded) == (2, 0)


def test_a_turn_without_a_call_is_given_back() -> None:
    turns, ledger, _ = turns_at(0)
    with pytest.raises(KeyError), turns.ahead():
        raise KeyError
    assert ledger.refunded == 1


def test_another_account_waits_for_nothing_here() -> None:
    turns, _, clock = turns_at(0.5)
    with pytest.raises(WaitUntil):
        take(turns, "etsy-refresh")
    assert clock.slept == []
