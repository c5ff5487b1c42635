"""DigiKey's two error bodies, with the status and the headers they come with."""

import uuid
from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def problem(
    status: int,
    detail: str,
    *,
    instance: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The RFC 7807 body of v4, `errors` mapping a field to what is wrong with it."""
    body = {
        "type": f"https://tools.ietf.org/html/rfc9110#status-{status}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": instance,
        "correlationId": str(uuid.uuid4()),
        "errors": {field: list(messages) for field, messages in (errors or {}).items()},
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def burst_breach(headers: Mapping[str, str]) -> JSONResponse:
    """The older body of the gateway that counts bursts."""
    body = {
        "ErrorResponseVersion": "3.0.0.0",
        "StatusCode": 429,
        "ErrorMessage": "BurstLimit exceeded",
        "ErrorDetails": "Please try again after the number of seconds in the Retry-After header",
        "RequestId": str(uuid.uuid4()),
        "ValidationErrors": [],
    }
    return JSONResponse(body, 429, headers)


def day_breach(headers: Mapping[str, str], instance: str) -> JSONResponse:
    """The body of a used-up day."""
    return problem(429, "Daily rate limit exceeded.", instance=instance, headers=headers)
