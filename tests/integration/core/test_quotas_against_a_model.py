"""Any sequence of reserve, refund, report and time gives what a simple model of the same budget gives."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.errors import WaitUntil
from common.quotas import Dimension, Grant, Quotas
from tests.integration.core.books import Books
from tests.integration.core.quota_model import ModelAccount, Taken, micros

DIMENSIONS = {
    "bucket": Dimension(kind="bucket", capacity=4, rate=0.5),
    "costly": Dimension(kind="bucket", capacity=8, rate=3, cost=2.5),
    "minute": Dimension(kind="sliding", capacity=4, window_seconds=60, bucket_seconds=4),
    "coarse": Dimension(kind="sliding", capacity=6, cost=1.5, window_seconds=600, bucket_seconds=60),
    "hour": Dimension(kind="fixed", capacity=4, window_seconds=3600),
    "at_once": Dimension(kind="concurrency", capacity=3, window_seconds=36_000),
    "pace": Dimension(kind="interval", capacity=1, rate=2.5),
}
RESERVE = st.tuples(st.just("reserve"), st.integers(1, 4), st.integers(1, 3))
WAIT = st.tuples(st.just("wait"), st.sampled_from([0.5, 2.5, 4.0, 31.0, 57.5, 600.0, 3600.0]))
REFUND = st.tuples(st.just("refund"), st.integers(0, 3), st.integers(1, 3))
REPORT = st.tuples(st.just("report"), st.sampled_from([0, 0.5, 1, 3, 12]), st.booleans(), st.booleans())
NAMES = st.lists(st.sampled_from(sorted(DIMENSIONS)), min_size=1, max_size=2, unique=True)
STEPS = st.lists(st.one_of(RESERVE, RESERVE, RESERVE, WAIT, WAIT, REFUND, REPORT), min_size=15, max_size=30)
accounts = itertools.count()


class Comparison:
    """One account, in Postgres and as a model, driven side by side."""

    def __init__(self, books: Books, names: list[str]) -> None:
        self.books = books
        self.quotas = Quotas(books.database)
        self.account = f"account {next(accounts)}"
        self.dimensions = {name: DIMENSIONS[name] for name in names}
        self.model = ModelAccount(self.dimensions)
        self.grants: list[tuple[Grant, dict[str, Taken]]] = []
        self.last_report: datetime | None = None

    def step(self, kind: str, *values: Any) -> None:
        """Do one thing on both sides."""
        getattr(self, kind)(*values)

    def wait(self, seconds: float) -> None:
        self.books.advance(seconds)

    def reserve(self, units: int, minimum: int) -> None:
        minimum = min(units, minimum, 1 if "pace" in self.dimensions else minimum)
        now = micros(self.books.now())
        expected = min(units, self.model.fits(now))
        try:
            grant = self.quotas.reserve(
                "default", self.account, self.dimensions, units=units, minimum=minimum
            )
        except WaitUntil as refused:
            assert expected < minimum
            self._is_the_earliest(refused, minimum, now)
            return
        assert (grant.units, micros(grant.at)) == (expected, now)
        self.grants.append((grant, self.model.grant(now, grant.units)))

    def _is_the_earliest(self, refused: WaitUntil, minimum: int, now: int) -> None:
        until = micros(refused.until)
        assert until > now
        if (
            refused.reason != "quota_at_once"
        ):  # a hold may be given back at any time: there it is only the next look
            shortest = self.model.fits(until - 2000)
            assert shortest < minimum, "it was told to wait too long"
        if "at_once" not in self.dimensions:
            assert self.model.fits(until) >= minimum, "it was told to come back too early"

    def refund(self, which: int, units: int) -> None:
        if not self.grants:
            return
        grant, taken = self.grants.pop(which % len(self.grants))
        unused = min(units, grant.units)
        now = micros(self.books.now())
        self.quotas.refund(grant, unused)
        for name, dimension in self.model.dimensions.items():
            dimension.refund(now, taken[name], Fraction(dimension.declared.cost) * unused)
        if unused < grant.units:
            self.grants.append((replace(grant, units=grant.units - unused), taken))

    def report(self, remaining: float, blocked: bool, stale: bool) -> None:
        name = next(iter(self.dimensions))
        model = self.model.dimensions[name]
        now = self.books.now()
        at = self.last_report - timedelta(seconds=1) if stale and self.last_report else now
        until = now + timedelta(seconds=30) if blocked else None
        self.quotas.report("default", self.account, name, remaining=remaining, at=at, blocked_until=until)
        known = self.books.one("select count(*) from quotas where account = %s", self.account)
        if known and (self.last_report is None or at > self.last_report):
            self.last_report = at
            model.report(micros(now), remaining)
            model.blocked_until = max(model.blocked_until, micros(until) if until else 0)


@given(names=NAMES, steps=STEPS)
@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure is short enough as it is
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example has an account of its own
)
def test_budgets_do_what_the_model_does(
    stopped_clock: Books, names: list[str], steps: list[tuple[Any, ...]]
) -> None:
    comparison = Comparison(stopped_clock, names)
    for step in steps:
        comparison.step(*step)
    for name, model in comparison.model.dimensions.items():
        reported = any(each[0] == "report" for each in steps)
        if model.declared.kind in ("fixed", "sliding") and not reported:
            assert model.most_in_any_window() <= model.declared.capacity, name
