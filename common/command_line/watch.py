"""When to look at a run again, when to move the clock, when to stop looking: a state machine without a
clock of its own.

A run is *quiet* when all that it could still do waits for a known time: it has lanes that wait, each says
until when, and it is not working. A jump is made only when two looks in a row see the same quiet picture:
right after a jump, or between two steps, a run may look quiet for a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

ENDED = frozenset({"completed", "failed", "cancelled"})
_WORTH_A_JUMP = timedelta(seconds=1)
LOCAL_PAUSE = 0.2
"""Seconds between two looks at a run of the local stack."""
LOCAL_BEYOND = timedelta(seconds=5)
"""How far past a moment the local stack's clock is moved; a minute's budget is mostly used up in less."""


class Why(Enum):
    """Why following a run stops."""

    ENDED = auto()
    PEOPLE = auto()
    """Nothing goes on before a person does something."""
    QUOTA = auto()
    """Nothing goes on before a known time, and nobody asked to wait for it."""


@dataclass(frozen=True)
class Look:
    """Look again after so many seconds."""

    after: float


@dataclass(frozen=True)
class Jump:
    """Move the clock to a moment, `seconds` ahead."""

    to: datetime
    seconds: float


@dataclass(frozen=True)
class Stop:
    """Following is over. until: when it goes on by itself, for Why.QUOTA."""

    why: Why
    until: datetime | None = None


Move = Look | Jump | Stop


@dataclass(frozen=True)
class Rules:
    """move_clock: time may be moved. patience: a longer wait ends following; None to wait for anything."""

    move_clock: bool
    patience: timedelta | None = None
    pause: float = 0.5
    """Seconds between two looks."""
    beyond: timedelta = timedelta(0)
    """How far past the moment a jump goes. A limit opens bit by bit, over the seconds in which it was used up: a jump to
    the first of these is followed by another one as soon as that bit is spent."""


@dataclass(frozen=True)
class Watch:
    """What the last look saw."""

    rules: Rules
    quiet_picture: tuple[Any, ...] | None = None

    def look(self, run: Mapping[str, Any], now: datetime) -> tuple["Watch", Move]:
        """What to do about a run as it is at `now` (aware), and the watch for the next look."""
        if stop := _settled(run):
            return replace(self, quiet_picture=None), stop
        until = quiet_until(run)
        if until is None:
            return replace(self, quiet_picture=None), Look(self.rules.pause)
        picture = (run.get("figures"), until)
        seen_before = picture == self.quiet_picture
        move = self._quiet(until, until - now) if seen_before else Look(self.rules.pause)
        return replace(self, quiet_picture=picture), move

    def without_jumps(self) -> "Watch":
        """The same watch for a clock that may not be moved."""
        return replace(self, rules=replace(self.rules, move_clock=False))

    def _quiet(self, until: datetime, ahead: timedelta) -> Move:
        if ahead < _WORTH_A_JUMP:
            return Look(self.rules.pause)
        if self.rules.move_clock:
            beyond = self.rules.beyond
            return Jump(until + beyond, (ahead + beyond).total_seconds())
        if self.rules.patience is not None and ahead > self.rules.patience:
            return Stop(Why.QUOTA, until)
        return Look(self.rules.pause)


def quiet_until(run: Mapping[str, Any]) -> datetime | None:
    """The first moment at which a quiet run goes on; None when it is not quiet."""
    lanes = (run.get("waiting_for") or {}).get("lanes") or []
    moments = [moment(lane.get("until")) for lane in lanes]
    known = [each for each in moments if each is not None]
    if not lanes or len(known) < len(lanes) or run.get("view") == "working":
        return None
    return min(known)


def moment(text: object) -> datetime | None:
    """An ISO 8601 time with a zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _settled(run: Mapping[str, Any]) -> Stop | None:
    state = run.get("state")
    if state in ENDED:
        return Stop(Why.ENDED)
    return Stop(Why.PEOPLE) if state == "waiting" else None
