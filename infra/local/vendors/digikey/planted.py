"""How a planted fault shows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from infra.local.faults import Fault
from infra.local.vendors.cut import CutResponse
from infra.local.vendors.digikey.limits import Limits
from infra.local.vendors.digikey.problems import burst_breach, day_breach, problem

Work = Callable[[], Awaitable[Response]]
_RATE_HEADERS = ("x-ratelimit-", "x-burstlimit-", "retry-after")


async def with_fault(fault: Fault | None, request: Request, limits: Limits, work: Work) -> Response:
    """The answer to a call that this fault strikes; the usual one when there is none."""
    if fault is None:
        return await work()
    if fault.kind == "status":
        return _status(fault, request, limits)
    if fault.kind == "delay":
        await asyncio.sleep(float(fault.parameters.get("seconds", 1)))
        return await work()
    spoil = _SPOILED.get(fault.kind)
    if spoil is None:
        return problem(500, f"unknown fault kind {fault.kind!r}", instance=request.url.path)
    return spoil(await work())


def _status(fault: Fault, request: Request, limits: Limits) -> Response:
    status = int(fault.parameters["status"])
    after = fault.parameters.get("retry_after")
    instance = request.url.path
    if status == 429 and fault.parameters.get("limit") == "day":
        return day_breach(limits.day_breach_headers(after), instance)
    if status == 429:
        return burst_breach(limits.burst_breach_headers(retry_after=after))
    detail = "The Bearer token is expired" if status == 401 else "planted fault"
    return problem(status, detail, instance=instance, headers={"Retry-After": str(after)} if after else None)


def _malformed(response: Response) -> Response:
    body = bytes(response.body)
    return Response(body[: len(body) // 2], 200, media_type="application/json")


def _null_product(response: Response) -> Response:
    body: dict[str, Any] = orjson.loads(bytes(response.body))
    nulls = {name: None for name in ("Product", "Products", "ExactMatches", "Manufacturers") if name in body}
    return Response(orjson.dumps({**body, **nulls}), 200, media_type="application/json")


def _no_rate_headers(response: Response) -> Response:
    for name in list(response.headers):
        if name.lower().startswith(_RATE_HEADERS):
            del response.headers[name]
    return response


def _drop(response: Response) -> Response:
    return CutResponse(bytes(response.body), response.status_code, media_type="application/json")


_SPOILED: dict[str, Callable[[Response], Response]] = {
    "drop": _drop,
    "malformed": _malformed,
    "null_product": _null_product,
    "no_rate_headers": _no_rate_headers,
}
