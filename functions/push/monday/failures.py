"""What monday.com's errors mean: one table of its codes, and for each kind the error of ours that says what to do next.

monday.com names the same thing differently by age and place of the error (`ComplexityException`,
`COMPLEXITY_BUDGET_EXHAUSTED`), so codes are compared without case, blanks and underscores. Only what is known to have
been refused is called refused: for a code that nobody here knows, the write may have been done.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from common.errors import Misconfigured, Refuse, Retry, ShelflineError, Unavailable, WaitUntil
from functions.push.monday.limits import next_utc_midnight


class Kind(Enum):
    """What an error of monday.com's means for the request. The order is by how little we know after it."""

    UNKNOWN = "it may have been done"
    IN_PROGRESS = "the same request, under the same idempotency key, is still being worked on"
    CREDENTIALS = "not done: the token, or the rights of its user"
    ADDRESS = "not done: no API answers there"
    BOARD = "not done: no such board, or not for us"
    DOCUMENT = "not done: the request as a whole is malformed"
    REFUSED = "not done: the data or the state of the board does not allow it"
    CURSOR = "not done: the page's cursor has expired"
    DAY = "not done: the calls of the day are used up"
    THROTTLED = "not done: too much in a short time"
    BLOCKED = "not done: monday.com has closed its API for a while"
    LOCKED = "not done: another write on the same board"


_SEVERITY = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of an answer."""

    kind: Kind
    reason: str
    """A constant of ours, for metrics."""
    code: str
    """monday.com's own code; empty when it gave none."""
    message: str
    """monday.com's own words, cut to fit a message."""
    path: tuple[str, ...] = ()
    """Which field of the document it belongs to; empty when it was not said."""
    retry_in: float | None = None
    """Seconds to wait by monday.com's own word."""


class CursorExpired(Retry):
    """A page's cursor is older than an hour: start at the first page again."""

    reason = "monday_cursor"


class InProgress(Retry):
    """monday.com is still working on the same request; repeat it unchanged, under the same key."""

    reason = "monday_in_progress"


def classified(code: str, status: int, message: str, *, is_execution: bool) -> tuple[Kind, str]:
    """The kind and the reason of an error.

    status: of the error itself where it has one, else of the answer. is_execution: whether the error says which field
    it came from, and so came up while the document was carried out.
    """
    if _TOO_COMPLEX.search(message):  # it bears the same code as a used-up budget, but no waiting helps
        return Kind.DOCUMENT, "monday_too_complex"
    by_code = _CODES.get(_folded(code))
    if by_code:
        return by_code
    for pattern, meaning in _MESSAGES:
        if pattern.search(message) or pattern.search(code):
            return meaning
    return _by_status(status, is_execution=is_execution)


def worst(problems: Iterable[Problem]) -> Problem:
    """The one that says least about what was done; of several waits the longest."""
    return min(problems, key=lambda problem: (_SEVERITY[problem.kind], -(problem.retry_in or 0)))


def failure(problem: Problem, now: datetime) -> ShelflineError:
    """The error to raise for a request that failed so; `now` is business time, which waits are counted from."""
    kind, said = problem.kind, described(problem)
    if kind in (Kind.DAY, Kind.THROTTLED):
        until = reopens_at(problem, now)
        return WaitUntil(
            until, f"monday.com asks to wait until {until:%FT%TZ}: {said}", reason=problem.reason
        )
    if kind in _ADVICE:
        return Misconfigured(f"{_ADVICE[kind]} monday.com says: {said}", reason=problem.reason)
    if kind in (Kind.REFUSED, Kind.DOCUMENT):
        return Refuse(f"monday.com refuses it: {said}", reason=problem.reason)
    after = problem.retry_in if problem.retry_in is not None else _PAUSES.get(kind)
    message = f"monday.com: {said}"
    if kind is Kind.UNKNOWN:
        return Unavailable(message, reason=problem.reason, after=after)
    return _RETRIES.get(kind, Retry)(message, reason=problem.reason, after=after)


def reopens_at(problem: Problem, now: datetime) -> datetime:
    """When a used-up limit lets us in again: the next UTC day, or monday.com's own delay, or a minute."""
    if problem.kind is Kind.DAY:
        return next_utc_midnight(now)
    wait = _WINDOW if problem.retry_in is None else problem.retry_in
    return now + timedelta(seconds=wait)


def described(problem: Problem) -> str:
    """monday.com's code and words, for a message."""
    return ": ".join(part for part in (problem.code, problem.message) if part) or "no explanation"


_WINDOW = 60.0  # seconds that every short limit is counted over
_PAUSES = {
    Kind.IN_PROGRESS: 5.0,
    Kind.LOCKED: 2.0,
    Kind.BLOCKED: 60.0,
}  # seconds, where monday.com names none
_RETRIES = {Kind.CURSOR: CursorExpired, Kind.IN_PROGRESS: InProgress}
_ADVICE = {
    Kind.CREDENTIALS: "Check that the token is valid and that its user may edit the board (viewers may not); "
    "`shelfline connect monday` stores another.",
    Kind.ADDRESS: "Set SHELFLINE_MONDAY_URL to https://api.monday.com, without a path.",
    Kind.BOARD: "Check the board numbers in the customer file, and that the token's user may see those boards.",
}
_CODES: Mapping[str, tuple[Kind, str]] = {
    "complexitybudgetexhausted": (Kind.THROTTLED, "monday_complexity"),
    "complexityexception": (Kind.THROTTLED, "monday_complexity"),
    "fieldlimitexceeded": (Kind.THROTTLED, "monday_concurrency"),
    "ratelimitexceeded": (Kind.THROTTLED, "monday_minute"),
    "minuteratelimitexceeded": (Kind.THROTTLED, "monday_minute"),
    "maxconcurrencyexceeded": (Kind.THROTTLED, "monday_concurrency"),
    "concurrencylimitexceeded": (Kind.THROTTLED, "monday_concurrency"),
    "ipratelimitexceeded": (Kind.THROTTLED, "monday_address_rate"),
    "dailylimitexceeded": (Kind.DAY, "monday_day"),
    "apitemporarilyblocked": (Kind.BLOCKED, "monday_blocked"),
    "idempotencyconflict": (Kind.IN_PROGRESS, "monday_in_progress"),
    "resourcelocked": (Kind.LOCKED, "monday_locked"),
    "resourceiscurrentlylocked": (Kind.LOCKED, "monday_locked"),
    "unauthenticated": (Kind.CREDENTIALS, "monday_credentials"),
    "notauthenticated": (Kind.CREDENTIALS, "monday_credentials"),
    "unauthorized": (Kind.CREDENTIALS, "monday_credentials"),
    "userunauthorizedexception": (Kind.CREDENTIALS, "monday_permission"),
    "userunauthorized": (Kind.CREDENTIALS, "monday_permission"),
    "userunathorizedexception": (
        Kind.CREDENTIALS,
        "monday_permission",
    ),  # monday.com's own spelling, at times
    "missingrequiredpermissions": (Kind.CREDENTIALS, "monday_permission"),
    "invalidboardidexception": (Kind.BOARD, "monday_board"),
    "columnvalueexception": (Kind.REFUSED, "monday_column_value"),
    "correctedvalueexception": (Kind.REFUSED, "monday_column_value"),
    "invalidargumentexception": (Kind.REFUSED, "monday_argument"),
    "invalidcolumnidexception": (Kind.REFUSED, "monday_column"),
    "invaliditemidexception": (Kind.REFUSED, "monday_item"),
    "itemnametoolongexception": (Kind.REFUSED, "monday_item_name"),
    "itemslimitationexception": (Kind.REFUSED, "monday_board_full"),
    "resourcenotfoundexception": (Kind.REFUSED, "monday_not_found"),
    "createboardexception": (Kind.REFUSED, "monday_refused"),
    "deletelastgroupexception": (Kind.REFUSED, "monday_refused"),
    "recordinvalidexception": (Kind.REFUSED, "monday_refused"),
    "maxcomplexityexceeded": (Kind.DOCUMENT, "monday_too_complex"),
    "idempotencykeyreused": (Kind.DOCUMENT, "monday_key_reused"),
    "graphqlvalidationfailed": (Kind.DOCUMENT, "monday_document"),
    "graphqlparsefailed": (Kind.DOCUMENT, "monday_document"),
    "badrequest": (Kind.DOCUMENT, "monday_document"),
    "parseerror": (Kind.DOCUMENT, "monday_document"),
    "undefinedfield": (Kind.DOCUMENT, "monday_document"),
    "argumentliteralsincompatible": (Kind.DOCUMENT, "monday_document"),
    "cursorexpirederror": (Kind.CURSOR, "monday_cursor"),
    "cursorexception": (Kind.CURSOR, "monday_cursor"),
    "internalservererror": (Kind.UNKNOWN, "monday_internal"),
}
_TOO_COMPLEX = re.compile(r"exceeds max complexity", re.IGNORECASE)
_MESSAGES = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"complexity budget exhausted", (Kind.THROTTLED, "monday_complexity")),
        (r"daily.{0,12}limit", (Kind.DAY, "monday_day")),
        (r"rate limit", (Kind.THROTTLED, "monday_minute")),
        (r"currently locked", (Kind.LOCKED, "monday_locked")),
        (r"cursor.{0,40}(expired|invalid)|(expired|invalid).{0,20}cursor", (Kind.CURSOR, "monday_cursor")),
        (r"not authenticated", (Kind.CREDENTIALS, "monday_credentials")),
    )
)
_STATUSES: Mapping[int, tuple[Kind, str]] = {
    401: (Kind.CREDENTIALS, "monday_credentials"),
    403: (Kind.CREDENTIALS, "monday_permission"),
    404: (Kind.ADDRESS, "monday_address"),
    405: (Kind.ADDRESS, "monday_address"),
    408: (Kind.UNKNOWN, "monday_http_408"),
    409: (Kind.IN_PROGRESS, "monday_in_progress"),
    423: (Kind.LOCKED, "monday_locked"),
    425: (Kind.UNKNOWN, "monday_http_425"),
    429: (Kind.THROTTLED, "monday_minute"),
}


def _folded(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.casefold())


def _by_status(status: int, *, is_execution: bool) -> tuple[Kind, str]:
    if status in _STATUSES and not (status == 404 and is_execution):
        return _STATUSES[status]
    if 300 <= status < 400:
        return Kind.ADDRESS, "monday_address"
    if 400 <= status < 500:
        return (Kind.REFUSED, "monday_refused") if is_execution else (Kind.DOCUMENT, "monday_document")
    return Kind.UNKNOWN, f"monday_http_{status // 100}xx" if status >= 500 else "monday_unclear"
