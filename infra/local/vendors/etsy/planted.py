"""How a planted fault shows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from infra.local.faults import Fault
from infra.local.vendors.cut import CutResponse
from infra.local.vendors.etsy.limits import Limits
from infra.local.vendors.etsy.problems import expired_token, limited, problem

Work = Callable[[], Awaitable[Response]]
_WORDS = {
    400: "The request is invalid",
    403: "You do not have permission to do this",
    404: "Resource not found",
    409: "The resource is in conflict with the request",
}


async def with_fault(fault: Fault | None, limits: Limits, work: Work) -> Response:
    """The answer to a call that this fault strikes; the usual one when there is none."""
    if fault is None:
        return await work()
    if fault.kind == "status":
        return _status(fault.parameters, limits)
    if fault.kind == "rank_conflict":
        return problem(409, "The rank of the image is in conflict with another image")
    if fault.kind == "delay":
        await asyncio.sleep(float(fault.parameters.get("seconds", 1)))
        return await work()
    spoil = _SPOILED.get(fault.kind)
    if spoil is None:
        return problem(500, f"unknown fault kind {fault.kind!r}")
    return spoil(await work())


def _status(parameters: Any, limits: Limits) -> Response:
    status = int(parameters["status"])
    if status == 429:
        limit = parameters.get("limit", "second")
        return limited(limits.breach_headers(limit, parameters.get("retry_after")))
    if status == 401:
        return expired_token()
    if status in (502, 503, 504):
        return Response(f"<html><title>{status}</title></html>", status, media_type="text/html")
    return problem(status, _WORDS.get(status, "Server Error"))


def _as_500(_: Response) -> Response:
    return problem(500, "Server Error")


def _malformed(response: Response) -> Response:
    content = bytes(response.body) or b"{}"
    status = 200 if response.status_code == 204 else response.status_code
    return Response(content[: len(content) // 2], status, media_type="application/json")


class WithoutRates(Response):
    """An answer that says nothing of the limits."""


def _no_rate_headers(response: Response) -> Response:
    return WithoutRates(bytes(response.body), response.status_code, media_type="application/json")


def _drop(response: Response) -> Response:
    status = (
        200 if response.status_code == 204 else response.status_code
    )  # an answer without a body cannot be cut
    return CutResponse(bytes(response.body) or b"{}", status, media_type="application/json")


_SPOILED: dict[str, Callable[[Response], Response]] = {
    "created_but_500": _as_500,
    "drop": _drop,
    "malformed": _malformed,
    "no_rate_headers": _no_rate_headers,
}
