"""How the emulator refuses a call: a gRPC status, and the HTTP status the REST form answers for it."""

from http import HTTPStatus

from grpc import StatusCode

_HTTP_STATUS = {
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.UNAUTHENTICATED: 401,
    StatusCode.PERMISSION_DENIED: 403,
    StatusCode.NOT_FOUND: 404,
    StatusCode.ALREADY_EXISTS: 409,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.INTERNAL: 500,
    StatusCode.UNIMPLEMENTED: 501,
    StatusCode.UNAVAILABLE: 503,
    StatusCode.DEADLINE_EXCEEDED: 504,
}
_CODE = {http: code for code, http in _HTTP_STATUS.items() if code is not StatusCode.FAILED_PRECONDITION}


class Refusal(Exception):
    """The call fails with a status; `message` is what the client library shows."""

    def __init__(self, code: StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        """The status of the REST form."""
        return _HTTP_STATUS.get(self.code, 500)


class AnswerLost(Exception):
    """The call was carried out, and its answer must not reach the client (an injected fault)."""


def code_for(http_status: int) -> StatusCode:
    """The gRPC status that stands for an HTTP status."""
    return _CODE.get(http_status, StatusCode.UNKNOWN)


def invalid(message: str) -> Refusal:
    """A refusal for an argument that can never be right."""
    return Refusal(StatusCode.INVALID_ARGUMENT, message)


def injected(http_status: int) -> Refusal:
    """The refusal that an injected "status" fault answers with."""
    return Refusal(code_for(http_status), f"Injected fault: {http_status} {HTTPStatus(http_status).phrase}")
