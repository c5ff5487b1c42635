"""Errors as application/problem+json (RFC 9457), each with a stable `code`."""

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from common.database.engine import DataRefused
from common.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Refuse,
    Retry,
    ShelflineError,
    Unauthenticated,
    Usage,
    WaitUntil,
)

_log = logging.getLogger(__name__)

_STATUS: Mapping[type[ShelflineError], tuple[int, str]] = {
    Usage: (400, "The request cannot be served as it is"),
    Refuse: (400, "The data is bad"),
    DataRefused: (400, "The data is bad"),
    Unauthenticated: (401, "Who is calling is not known"),
    Forbidden: (403, "The caller may not do this"),
    NotFound: (404, "Not found"),
    Conflict: (409, "Somebody else changed it first"),
    Retry: (503, "A service does not answer now"),
    WaitUntil: (503, "A budget is used up"),
}
_CODES = {404: "no_such_path", 405: "method_not_allowed", 413: "too_large"}
_RETRY_AFTER = 5  # seconds, where the error names none


def problem(
    status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """The answer that tells of an error."""
    body = {
        "type": f"urn:shelfline:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JSONResponse(
        {**body, **more}, status, headers=dict(headers or {}), media_type="application/problem+json"
    )


def of_error(error: ShelflineError) -> JSONResponse:
    """The answer for an error of ours."""
    found = next((said for kind, said in _STATUS.items() if isinstance(error, kind)), None)
    status, title = found or (500, "Shelfline is not set up right, or has a fault")
    if status >= 500:
        _log.error(
            "request_not_served", extra={"reason": error.reason, "error": str(error), "status": status}
        )
    return problem(status, error.reason, title, str(error), _headers(error))


def _headers(error: ShelflineError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, WaitUntil):
        seconds = (error.until - datetime.now(UTC)).total_seconds()
        return {"Retry-After": str(max(1, math.ceil(seconds)))}
    if isinstance(error, Retry):
        return {"Retry-After": str(math.ceil(error.after or _RETRY_AFTER))}
    return {}


def install(app: FastAPI) -> None:
    """Let every error of the application leave in this form."""
    app.add_exception_handler(ShelflineError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unknown)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ShelflineError)
    return of_error(error)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [{"field": _field(each["loc"]), "problem": each["msg"]} for each in error.errors()]
    detail = "; ".join(f"{each['field']}: {each['problem']}" for each in fields)
    return problem(400, "bad_request", "The request is not of the expected form", detail, fields=fields)


def _field(place: Sequence[str | int]) -> str:
    """Where in the request it is, as `limit` or `attributes[2].name`."""
    steps = [step for step in place if step not in ("body", "query", "path", "header")]
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return named.lstrip(".") or "body"


def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "bad_request")
    return problem(error.status_code, code, str(error.detail), str(error.detail), error.headers)


def _unknown(request: Request, error: Exception) -> JSONResponse:
    _log.exception("request_failed", extra={"path": request.url.path, "method": request.method})
    detail = "Something unexpected happened; the log of the api function says what."
    return problem(500, "unexpected", "Shelfline has a fault", detail)
