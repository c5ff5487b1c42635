"""How a planted fault shows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.responses import Response

from infra.local.faults import Fault
from infra.local.vendors.cut import CutResponse
from infra.local.vendors.monday import problems, replies
from infra.local.vendors.monday.documents import Document
from infra.local.vendors.monday.limits import Limits, Points

Work = Callable[[float], Awaitable[Response]]
"""Runs the call and stays busy for so many seconds afterwards."""


async def with_fault(fault: Fault | None, document: Document, limits: Limits, work: Work) -> Response:
    """The answer to a call that this fault strikes; the usual one when there is none."""
    if fault is None:
        return await work(0)
    before = _BEFORE.get(fault.kind)
    if before is not None:
        return before(fault.parameters, document, limits)
    if fault.kind in ("delay", "hold"):
        seconds = float(fault.parameters.get("seconds", 1))
        await asyncio.sleep(seconds if fault.kind == "delay" else 0)
        return await work(seconds if fault.kind == "hold" else 0)
    spoil = _AFTER.get(fault.kind)
    if spoil is None:
        return replies.failure(500, "UNKNOWN_FAULT", f"unknown fault kind {fault.kind!r}")
    return spoil(await work(0), fault.parameters)


def as_status(parameters: Any, limits: Limits) -> Response:
    """An HTTP status with the vendor's body for it; nothing was done."""
    status = int(parameters["status"])
    if status == 429:
        code = parameters.get("code", "MINUTE_RATE_LIMIT_EXCEEDED")
        return replies.rate_limited(limits.breach(code, parameters.get("retry_in_seconds")))
    known = {
        401: replies.not_authenticated,
        403: replies.not_authorised,
        409: replies.still_running,
        423: replies.locked,
    }
    if status in known:
        return known[status]()
    if status in (502, 503, 504):
        return Response(f"<html><title>{status}</title></html>", status, media_type="text/html")
    return replies.failure(status, "INTERNAL_SERVER_ERROR", "Internal server error")


def dropped(response: Response, _: Any = None) -> Response:
    """The answer, cut off in the middle."""
    return CutResponse(bytes(response.body), response.status_code, media_type="application/json")


def _status(parameters: Any, _: Document, limits: Limits) -> Response:
    return as_status(parameters, limits)


def _exhausted(parameters: Any, document: Document, limits: Limits) -> Response:
    points = limits.points(document.kind, int(parameters.get("cost", 30_001)))
    wait = int(parameters.get("retry_in_seconds", points.reset_in_x_seconds))
    return replies.exhausted(
        Points(points.before, points.query, points.after, wait),
        limits.points_limit,
        parameters.get("shape", "new"),
        int(parameters.get("status", 200)),
    )


def _expired_cursor(parameters: Any, document: Document, _: Limits) -> Response:
    error = problems.cursor_expired()
    if parameters.get("shape") == "old":
        old = {"error_code": "CursorException", "status_code": 200, "error_message": error.message}
        return replies.answer(orjson.dumps(old))
    field = document.fields[0]
    path = [(field.alias or field.name).value]
    return replies.answer(replies.body(None, [{**error.formatted, "path": path}]))


def _as_500(_: Response, parameters: Any) -> Response:
    return replies.failure(
        int(parameters.get("status", 500)), "INTERNAL_SERVER_ERROR", "Internal server error"
    )


def _malformed(response: Response, _: Any) -> Response:
    content = bytes(response.body)
    return replies.answer(content[: len(content) // 2])


def _null_data(_: Response, parameters: Any) -> Response:
    error = {"message": "Internal server error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    return replies.answer(replies.body(None, [error] if parameters.get("errors", True) else None))


_BEFORE: dict[str, Callable[[Any, Document, Limits], Response]] = {
    "status": _status,
    "complexity_exhausted": _exhausted,
    "expired_cursor": _expired_cursor,
}
_AFTER: dict[str, Callable[[Response, Any], Response]] = {
    "created_but_500": _as_500,
    "drop": dropped,
    "malformed": _malformed,
    "null_data": _null_data,
}
