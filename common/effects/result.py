"""What became of an effect, as the target answered, and how the ledger stands after it was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The target holds it: a fact, taken from whoever knows."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The target has said no, for good: nothing was written."""

    error: str


@dataclass(frozen=True, slots=True)
class PlannedAgain:
    """Definitely not carried out, and worth another request: the target was too busy for it."""

    error: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been carried out."""

    error: str | None = None


Result: TypeAlias = Confirmed | Refused | PlannedAgain | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRemoteObjects:
    """The target made two objects for one of our keys: both stay until a person has looked."""

    effect_id: int
    item_id: int | None
    change_id: int
    key: str
    held: str
    """The id that the ledger goes on using."""
    told: str
    """The id that it was told besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How effects stand after something was told of them."""

    states: Mapping[int, str]
    """Of each effect named. It may differ from what was told: see `Settlement.settle`."""
    two_remote_objects: tuple[TwoRemoteObjects, ...] = ()


_OUTCOMES: Mapping[type[Result], str] = {
    Confirmed: "confirmed",
    Refused: "refused",
    PlannedAgain: "planned",
    Unknown: "unknown",
}


def result_row(effect_id: int, result: Result) -> dict[str, Any]:
    """A result as `shelfline_settle_send_v1` takes it."""
    row: dict[str, Any] = {"effect": effect_id, "outcome": _OUTCOMES[type(result)]}
    return row | (
        {"remote_id": result.remote_id} if isinstance(result, Confirmed) else {"error": result.error}
    )


def settled_of(answer: Mapping[str, Any]) -> Settled:
    """What the ledger's functions answer."""
    return Settled(
        states={int(effect): state for effect, state in answer["states"].items()},
        two_remote_objects=tuple(_two(row) for row in answer["doubled"]),
    )


def _two(row: Mapping[str, Any]) -> TwoRemoteObjects:
    return TwoRemoteObjects(
        effect_id=row["effect"],
        item_id=row["item"],
        change_id=row["change"],
        key=row["key"],
        held=row["held"],
        told=row["told"],
    )
