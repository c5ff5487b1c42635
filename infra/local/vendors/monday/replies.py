"""The vendor's answers, with their bodies as they go over the line."""

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from infra.local.vendors.monday.limits import Breach, Points

ACCOUNT = 18_888_528


def body(data: Any, errors: list[Any] | None = None) -> bytes:
    """An answer with HTTP status 200; `data` is left out when it is absent altogether."""
    content: dict[str, Any] = {} if data is ... else {"data": data}
    if errors:
        content["errors"] = errors
    return orjson.dumps(
        {**content, "account_id": ACCOUNT, "extensions": {"request_id": str(uuid.uuid4())}},
        option=orjson.OPT_NON_STR_KEYS,
    )


def answer(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    return Response(content, status, dict(headers or {}), media_type="application/json")


def failure(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **extensions: Any
) -> Response:
    """A refusal with an HTTP status of its own."""
    error = {"message": message, "extensions": {"code": code, "status_code": status, **extensions}}
    return answer(body(..., [error]), status, headers)


def not_authenticated() -> Response:
    """The token is none of the account's; here `errors` are plain texts."""
    return answer(orjson.dumps({"errors": ["Not Authenticated"]}), 401)


def not_authorised() -> Response:
    """The user may not do this: view-only, or not confirmed."""
    message = "User unauthorized to perform action"
    return failure(403, "UserUnauthorizedException", message, error_data={})


def rate_limited(breach: Breach) -> Response:
    """HTTP 429; the wait stands in the header, and in the body twice."""
    wait = breach.retry_in_seconds
    error = {
        "message": breach.message,
        "extensions": {"code": breach.code, "status_code": 429, "retry_in_seconds": wait},
    }
    content = orjson.dumps({"errors": [error], "retry_in_seconds": wait, "account_id": ACCOUNT})
    return answer(content, 429, {"Retry-After": str(wait)})


def exhausted(points: Points, limit: int, shape: str = "new", status: int = 200) -> Response:
    """The complexity budget of this minute does not hold the call; the wait stands in the body alone.

    shape: "new", or "old" as the error was before 2025-01, without objects in `errors`.
    """
    wait = points.reset_in_x_seconds
    if shape == "new":
        code = {"code": "COMPLEXITY_BUDGET_EXHAUSTED", "retry_in_seconds": wait}
        return answer(body(..., [{"message": "Complexity budget exhausted", "extensions": code}]), status)
    message = (
        f"Complexity budget exhausted, query cost {points.query} budget remaining {points.before} "
        f"out of {limit} reset in {wait} seconds"
    )
    old = {
        "error_code": "ComplexityException",
        "status_code": 429,
        "error_message": message,
        "error_data": {},
        "errors": [message],
        "account_id": ACCOUNT,
    }
    return answer(orjson.dumps(old), status)


def too_complex(cost: int, most: int) -> Response:
    """One call alone costs more than any may."""
    message = f"Query has complexity of {cost}, which exceeds max complexity of {most}"
    error = {"message": message, "extensions": {"code": "ComplexityException", "status_code": 200}}
    return answer(body(..., [error]))


def still_running() -> Response:
    """A call with the same Idempotency-Key has not ended."""
    message = "A request with this Idempotency-Key is still in progress"
    return failure(409, "IDEMPOTENCY_CONFLICT", message, {"Retry-After": "1"}, retry_in_seconds=1)


def key_reused() -> Response:
    """The Idempotency-Key answers for another request."""
    message = "This Idempotency-Key was used with a different request"
    return failure(422, "IDEMPOTENCY_KEY_REUSED", message)


def locked() -> Response:
    """Another call writes to the board."""
    return failure(423, "RESOURCE_LOCKED", "Resource is currently locked", {"Retry-After": "1"})
