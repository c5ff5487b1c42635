"""Errors in the shape of BigQuery's, made at one place by name."""

from typing import Any

_HTTP_STATUS = {
    "accessDenied": 403,
    "backendError": 503,
    "bytesBilledLimitExceeded": 400,
    "conditionNotMet": 412,
    "duplicate": 409,
    "internalError": 500,
    "invalid": 400,
    "invalidQuery": 400,
    "notFound": 404,
    "notImplemented": 501,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "resourceInUse": 400,
    "resourcesExceeded": 400,
    "stopped": 499,
}
_STATUS_NAME = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
_REASON = {
    401: "authError",
    403: "accessDenied",
    404: "notFound",
    429: "rateLimitExceeded",
    500: "internalError",
}


class BigQueryError(Exception):
    """A refusal, as an HTTP answer or as the errorResult of a job.

    reason: BigQuery's error code, e.g. "invalidQuery"; details: further entries of a job's `errors`.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        location: str | None = None,
        status: int | None = None,
        details: tuple[dict[str, Any], ...] = (),
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.location = location
        self.status = status or _HTTP_STATUS.get(reason, 400)
        self.details = details

    def entry(self) -> dict[str, Any]:
        """The ErrorProto of a job's status."""
        entry = {"reason": self.reason, "message": self.message}
        return {**entry, "location": self.location} if self.location else entry

    def body(self) -> dict[str, Any]:
        """The JSON body of the HTTP answer."""
        error = {
            "code": self.status,
            "message": self.message,
            "errors": [{"message": self.message, "domain": "global", "reason": self.reason}],
            "status": _STATUS_NAME.get(self.status, "UNKNOWN"),
        }
        return {"error": error}


def invalid(message: str) -> BigQueryError:
    """A request that cannot be served as it is."""
    return BigQueryError("invalid", message)


def invalid_query(message: str) -> BigQueryError:
    """A statement that BigQuery, or this emulator, does not accept."""
    return BigQueryError("invalidQuery", message, location="query")


def not_found(what: str) -> BigQueryError:
    """Something that is not there, e.g. "Table p:d.t"."""
    return BigQueryError("notFound", f"Not found: {what}")


def duplicate(what: str) -> BigQueryError:
    """Something that is there already, e.g. "Job p:US.id"."""
    return BigQueryError("duplicate", f"Already Exists: {what}")


def unsupported(what: str) -> BigQueryError:
    """A feature of BigQuery that this emulator refuses rather than imitates."""
    return BigQueryError("invalidQuery", f"Not served by the local emulator: {what}", location="query")


def planted(parameters: dict[str, Any]) -> BigQueryError:
    """The error a planted fault asks for: `status`, and optionally `reason` and `message`."""
    status = parameters.get("status")
    reason = parameters.get("reason") or (
        "backendError" if status in (None, 502, 503) else _REASON.get(status, "invalid")
    )
    return BigQueryError(reason, parameters.get("message", f"planted fault: {reason}"), status=status)
