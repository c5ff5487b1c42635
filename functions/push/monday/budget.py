"""The account's limits in the shared ledger: taken before a call, corrected by what monday.com's answer says.

Dimensions: day and minute (calls), reads and writes (complexity points a minute), concurrency (requests under way).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from common.errors import WaitUntil
from common.quotas import Dimension, Grant, Ledger, per_minute, per_utc_day
from functions.push.monday import costs
from functions.push.monday.limits import Plan, Usage

ACCOUNT = "monday"
HOLD_SECONDS = 120.0
"""A request under way is given up for lost after this; longer than any time-out of ours."""
THROTTLED_CALL = 0.1
"""What a call counts that was turned away for a limit (API reference, "Rate limits")."""
_LOW = 0.5  # share of a limit below which monday.com's own figure is worth a note; above it cannot bind
_BY_REASON = {"monday_day": "day", "monday_concurrency": "concurrency"}


class Budget:
    """One tenant's account."""

    def __init__(self, ledger: Ledger, tenant: str, plan: Plan) -> None:
        self._ledger = ledger
        self._tenant = tenant
        self._plan = plan

    def dimensions(self, estimate: int, *, is_write: bool) -> dict[str, Dimension]:
        """What one call takes of each limit. estimate: complexity points."""
        plan = self._plan
        points = costs.within(estimate, plan, is_write=is_write)
        name, capacity = ("writes", plan.writes) if is_write else ("reads", plan.reads)
        held = Dimension(kind="concurrency", capacity=plan.concurrency, window_seconds=HOLD_SECONDS)
        return {
            "day": per_utc_day(plan.calls_a_day),
            "minute": per_minute(plan.calls_a_minute),
            name: per_minute(capacity, cost=points),
            "concurrency": held,
        }

    def reserve(self, estimate: int, *, is_write: bool) -> Grant:
        """Leave for one call; WaitUntil when a limit does not allow it now."""
        return self._ledger.reserve(self._tenant, ACCOUNT, self.dimensions(estimate, is_write=is_write))

    def unsent(self, grant: Grant) -> None:
        """The call never left: give everything back."""
        self._ledger.refund(grant, 1)

    def ended(self, grant: Grant) -> None:
        """The call is over and no answer came: only its place among the concurrent ones is free again."""
        self._give_back(grant, {"concurrency": 1})

    def settle(self, grant: Grant, usage: Usage) -> None:
        """The call was answered: give back what it did not cost, and note what monday.com says is left."""
        name = _points(grant)
        spent = usage.complexity.query if usage.complexity else None
        unused = max(0.0, grant.dimensions[name].cost - spent) if spent is not None else 0.0
        self._give_back(grant, {"concurrency": 1, name: unused})
        self._note(grant, usage, "minute", _remaining(usage, "minuteRate"))
        left = usage.complexity.after if usage.complexity else None
        self._note(grant, usage, name, left if left is not None else _remaining(usage, "complexityMinute"))

    def turned_away(self, grant: Grant) -> None:
        """The call was refused for a limit and did nothing: it counts a tenth."""
        name, refund = _points(grant), 1 - THROTTLED_CALL
        whole = grant.dimensions[name].cost
        self._give_back(grant, {"concurrency": 1, "day": refund, "minute": refund, name: whole})

    def close(self, grant: Grant, wait: WaitUntil, at: datetime) -> None:
        """Let nobody try before a used-up limit opens again. Books nothing: our own count goes on."""
        limit = (
            _points(grant) if wait.reason == "monday_complexity" else _BY_REASON.get(wait.reason, "minute")
        )
        capacity = grant.dimensions[limit].capacity
        self._ledger.report(self._tenant, ACCOUNT, limit, remaining=capacity, at=at, blocked_until=wait.until)

    def _give_back(self, grant: Grant, amounts: Mapping[str, float]) -> None:
        """Give back so much of each dimension; zero amounts are left out."""
        some = {
            name: replace(grant.dimensions[name], cost=amount)
            for name, amount in amounts.items()
            if amount > 0
        }
        self._ledger.refund(replace(grant, dimensions=some), 1)

    def _note(self, grant: Grant, usage: Usage, name: str, remaining: int | None) -> None:
        if remaining is not None and remaining < _LOW * grant.dimensions[name].capacity:
            self._ledger.report(self._tenant, ACCOUNT, name, remaining=remaining, at=usage.at)


def _points(grant: Grant) -> str:
    return "writes" if "writes" in grant.dimensions else "reads"


def _remaining(usage: Usage, name: str) -> int | None:
    limit = usage.limits.get(name)
    return limit.remaining if limit else None
