"""Etsy's error bodies: `{"error": text}`, OAuth's with a description, and at times a list of complaints."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response


class Invalid(Exception):
    """A request that is refused with 400. path, kind: where it is answered with a list of complaints."""

    def __init__(self, message: str, *, path: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.kind = kind

    def response(self) -> Response:
        """The answer."""
        if self.path:
            return answer([{"path": self.path, "type": self.kind, "message": self.message}], 400)
        return problem(400, self.message)


class Missing(Exception):
    """What was asked for is not there, or not for this caller."""

    def response(self) -> Response:
        """The answer."""
        return problem(404, "Resource not found")


class InTheWay(Exception):
    """The state of the listing does not allow it now."""

    def response(self) -> Response:
        """The answer."""
        return problem(409, str(self))


def answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    return Response(orjson.dumps(content), status, dict(headers or {}), media_type="application/json")


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """The usual body."""
    return answer({"error": message}, status, headers)


def oauth_problem(status: int, error: str, description: str) -> Response:
    """OAuth's body."""
    return answer({"error": error, "error_description": description}, status)


def expired_token() -> Response:
    """The access token has had its time, or never had one."""
    return oauth_problem(401, "invalid_token", "access token is expired")


def limited(headers: Mapping[str, str]) -> Response:
    """A limit is used up; the headers say which."""
    return problem(429, "You have exceeded the API rate limit", headers)
