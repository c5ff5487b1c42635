"""Errors as they cross HTTP: application/problem+json (RFC 9457) back into the types of `common.errors`."""

from collections.abc import Mapping
from typing import Any

from common import errors

_BY_STATUS: Mapping[int, type[errors.ShelflineError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.NotFound,
    429: errors.Retry,
    502: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.Unavailable,
}
_BY_CODE: Mapping[str, type[errors.ShelflineError]] = {
    kind.reason: kind for kind in (errors.Misconfigured, errors.Unavailable)
}
_EXCERPT = 200


def error_of(status: int, document: object, retry_after: str | None = None) -> errors.ShelflineError:
    """The typed error for an answer of 400 or above.

    document: the parsed body, None when it was not JSON. retry_after: the header, in seconds; a date is
    ignored.
    """
    problem = document if isinstance(document, Mapping) else {}
    code = problem.get("code")
    reason = code if isinstance(code, str) and code else None
    kind = _BY_CODE.get(reason or "") or _BY_STATUS.get(status) or _by_class(status)
    message = _message(status, problem)
    if issubclass(kind, errors.Retry):
        return kind(message, reason=reason, after=_seconds(retry_after))
    return kind(message, reason=reason)


def _by_class(status: int) -> type[errors.ShelflineError]:
    return errors.Usage if status < 500 else errors.ShelflineError


def _message(status: int, problem: Mapping[str, Any]) -> str:
    detail = problem.get("detail") or problem.get("title")
    if isinstance(detail, list):  # FastAPI's own list of what is wrong with a request
        detail = "; ".join(_field(each) for each in detail)
    if detail:
        return str(detail)
    return (
        f"The API answers {status} without saying why; its log does (`shelfline doctor` checks its services)."
    )


def _field(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)[:_EXCERPT]
    where = ".".join(str(part) for part in entry.get("loc", ()) if part != "body")
    return f"{where}: {entry.get('msg', '')}" if where else str(entry.get("msg", ""))


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(float(retry_after or ""), 0.0)
    except ValueError:
        return None
