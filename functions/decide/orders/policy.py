"""Which way an order goes: a pure function of what is known of it."""

from dataclasses import asdict, dataclass
from typing import Any

VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the decision rests on."""

    status: str
    """The customer's: approved, review or unknown."""
    in_conflict: bool
    """Whether the source holds the order's key more than once, with different content."""
    open_task: bool
    board: str | None
    operation: str
    guarded: bool
    """Whether more of the customer would change at once than the guard lets pass."""
    overridden: bool

    def as_json(self) -> dict[str, Any]:
        """As it is kept beside the decision."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """route: automatic, manual, rejected or skipped; rule: why."""

    route: str
    rule: str


def decide(features: Features) -> Verdict:
    """The first rule that matches."""
    if features.in_conflict:
        return Verdict("rejected", "key_not_unique")
    if features.open_task:
        return Verdict("skipped", "open_task")
    if features.status != "approved":
        return Verdict("manual", f"customer_{features.status}")
    if features.board is None:
        return Verdict("manual", "no_board")
    return Verdict("automatic", "mass_change" if features.guarded else "customer_approved")
