"""What became of each mutation of a document, from an answer that may be half good.

An error names the mutation it belongs to in its path, as a rule. One without a path speaks for every mutation without data:
it is taken at its word where it cannot have come up in the middle (a used-up budget, a refused token, a malformed request).
Otherwise only a document with a single mutation missing says which one was meant; for the rest it is not known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import Unavailable
from functions.push.monday.failures import (
    Kind,
    Problem,
    described,
    failure,
    reopens_at,
    worst,
)
from functions.push.monday.limits import Usage
from functions.push.monday.reading import Reading


@dataclass(frozen=True)
class Confirmed:
    """It was done. remote_id: of the item, subitem or group."""

    remote_id: str


@dataclass(frozen=True)
class Refused:
    """It was not done. permanent: repeated unchanged it would be refused again."""

    code: str
    message: str
    permanent: bool
    reason: str
    """Our constant for it, e.g. monday_board_full, monday_column_value, monday_not_found."""


@dataclass(frozen=True)
class Throttled:
    """It was not done; from `until` (business time) on it may be tried again."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may have been done: look it up by its key."""

    message: str


Outcome = Confirmed | Refused | Throttled | Unknown


@dataclass(frozen=True)
class Answer:
    """outcomes: one for each mutation, in the order of the document. They differ: what all have in common is raised."""

    outcomes: tuple[Outcome, ...]
    usage: Usage
    is_replayed: bool = False


def answer(reading: Reading, aliases: Sequence[str]) -> Answer:
    """The outcomes of a document with these aliases.

    Where all of it fared alike, that is raised instead: WaitUntil (nothing was done, the budget), Retry or its InProgress
    (repeat the same bytes under the same key), Misconfigured and Refuse (nothing was done), Unavailable (nothing is known).
    """
    data = reading.data or {}
    missing = [alias for alias in aliases if _remote_id(data.get(alias)) is None]
    pathless = [problem for problem in reading.problems if not problem.path]
    if pathless and len(missing) == len(aliases) and worst(pathless).kind in _WHOLE:
        raise failure(worst(pathless), reading.usage.at)
    outcomes = tuple(_outcome(alias, missing, reading, pathless) for alias in aliases)
    if all(not _is_final(outcome) for outcome in outcomes):
        _raise_common(reading, outcomes)
    return Answer(outcomes, reading.usage, reading.is_replayed)


_WHOLE = frozenset(
    {
        Kind.IN_PROGRESS,
        Kind.CREDENTIALS,
        Kind.ADDRESS,
        Kind.DOCUMENT,
        Kind.DAY,
        Kind.THROTTLED,
        Kind.BLOCKED,
        Kind.LOCKED,
    }
)
"""What is found out before the first mutation is carried out."""


def _outcome(alias: str, missing: Sequence[str], reading: Reading, pathless: Sequence[Problem]) -> Outcome:
    remote_id = _remote_id((reading.data or {}).get(alias))
    if remote_id is not None:
        return Confirmed(remote_id)
    own = [problem for problem in reading.problems if problem.path[:1] == (alias,)]
    if own:
        return _from_problem(worst(own), reading.usage.at)
    if not pathless:
        return Unknown("monday.com's answer says nothing about it")
    shared = worst(pathless)
    if shared.kind in _WHOLE or len(missing) == 1:
        return _from_problem(shared, reading.usage.at)
    return Unknown(f"monday.com does not say which mutation it means: {described(shared)}")


def _from_problem(problem: Problem, at: datetime) -> Outcome:
    return _OUTCOMES[problem.kind](problem, at)


def _throttled(problem: Problem, at: datetime) -> Outcome:
    return Throttled(reopens_at(problem, at), problem.reason)


def _unknown(problem: Problem, at: datetime) -> Outcome:
    return Unknown(described(problem))


def _refused(problem: Problem, at: datetime) -> Outcome:
    return Refused(problem.code, problem.message, permanent=True, reason=problem.reason)


def _put_off(problem: Problem, at: datetime) -> Outcome:
    return Refused(problem.code, problem.message, permanent=False, reason=problem.reason)


_OUTCOMES: Mapping[Kind, Callable[[Problem, datetime], Outcome]] = {
    Kind.UNKNOWN: _unknown,
    Kind.IN_PROGRESS: _unknown,
    Kind.ADDRESS: _unknown,
    Kind.CREDENTIALS: _refused,
    Kind.BOARD: _refused,
    Kind.DOCUMENT: _refused,
    Kind.REFUSED: _refused,
    Kind.CURSOR: _refused,
    Kind.DAY: _throttled,
    Kind.THROTTLED: _throttled,
    Kind.BLOCKED: _put_off,
    Kind.LOCKED: _put_off,
}


def _is_final(outcome: Outcome) -> bool:
    return isinstance(outcome, Confirmed) or (isinstance(outcome, Refused) and outcome.permanent)


def _raise_common(reading: Reading, outcomes: Sequence[Outcome]) -> None:
    """Raise what all mutations have in common; nothing where some are unknown and some were surely not done."""
    unknown = sum(isinstance(outcome, Unknown) for outcome in outcomes)
    if unknown == len(outcomes):
        message = next(outcome.message for outcome in outcomes if isinstance(outcome, Unknown))
        raise Unavailable(
            f"monday.com's answer leaves open what was done: {message}", reason=_reason(reading)
        )
    if not unknown:
        raise failure(worst(reading.problems), reading.usage.at)


def _reason(reading: Reading) -> str:
    return worst(reading.problems).reason if reading.problems else "monday_malformed"


def _remote_id(field: Any) -> str | None:
    found = field.get("id") if isinstance(field, Mapping) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) and str(found) else None
