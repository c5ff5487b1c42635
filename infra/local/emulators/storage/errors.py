"""Every error the emulator answers with, made here by name, as the service words it.

One error has three forms: a JSON document (JSON API), an XML document (signed URLs), plain text (media
download).
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape


class StorageError(Exception):
    """What went wrong with one request.

    status: the HTTP status. reason: the JSON API's machine-readable reason. code: the XML API's.
    details, extra: more elements of the XML form. headers: sent along with the answer.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        code: str = "InvalidArgument",
        location: str | None = None,
        extra: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.code = code
        self.location = location
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        """The JSON API's error document."""
        one: dict[str, Any] = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            one |= {"locationType": "header", "location": self.location}
        return {"error": {"code": self.status, "message": self.message, "errors": [one]}}

    def as_xml(self) -> str:
        """The XML API's error document."""
        elements = {"Code": self.code, "Message": self.message, **self.extra}
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())
        return f"<?xml version='1.0' encoding='UTF-8'?><Error>{inner}</Error>"


def bucket_missing() -> StorageError:
    """The bucket does not exist."""
    return StorageError(404, "notFound", "The specified bucket does not exist.", code="NoSuchBucket")


def object_missing(bucket: str, name: str) -> StorageError:
    """The object, or the generation of it that was asked for, does not exist."""
    return StorageError(404, "notFound", f"No such object: {bucket}/{name}", code="NoSuchKey")


def path_missing() -> StorageError:
    """The URL is none of the API's."""
    return StorageError(404, "notFound", "Not Found", code="NoSuchKey")


def upload_missing() -> StorageError:
    """The resumable session was never begun, was cancelled, failed or has expired."""
    return StorageError(404, "notFound", "Upload session not found; start a new one.", code="NoSuchUpload")


def bucket_exists() -> StorageError:
    """The bucket was created before."""
    return StorageError(
        409,
        "conflict",
        "Your previous request to create the named bucket succeeded and you already own it.",
        code="BucketAlreadyOwnedByYou",
    )


def bucket_not_empty() -> StorageError:
    """Only an empty bucket can be deleted."""
    return StorageError(
        409, "conflict", "The bucket you tried to delete is not empty.", code="BucketNotEmpty"
    )


def precondition_failed(location: str = "If-Match") -> StorageError:
    """A generation, metageneration or ETag was not as the caller demanded."""
    message = "At least one of the pre-conditions you specified did not hold."
    return StorageError(412, "conditionNotMet", message, code="PreconditionFailed", location=location)


def not_modified() -> StorageError:
    """A read was wanted only if something had changed, and nothing has."""
    return StorageError(304, "notModified", "Not Modified", code="NotModified")


def checksum_mismatch(label: str, provided: str, calculated: str) -> StorageError:
    """The bytes that arrived are not those the caller has hashed. label: "MD5 hash" or "CRC32C"."""
    message = f'Provided {label} "{provided}" doesn\'t match calculated {label} "{calculated}".'
    return StorageError(400, "invalid", message, code="BadDigest")


def invalid(message: str) -> StorageError:
    """The request is wrong in itself; the message says how."""
    return StorageError(400, "invalid", message)


def required(parameter: str) -> StorageError:
    """A parameter is missing."""
    return StorageError(400, "required", f"Required parameter: {parameter}", code="InvalidArgument")


def parse_error() -> StorageError:
    """The body is no JSON object."""
    return StorageError(400, "parseError", "Parse Error")


def range_not_satisfiable(size: int) -> StorageError:
    """A range begins behind the end of an object of `size` bytes."""
    return StorageError(
        416,
        "requestedRangeNotSatisfiable",
        "The requested range cannot be satisfied.",
        code="InvalidRange",
        headers={"Content-Range": f"bytes */{size}"},
    )


def upload_gap(offset: int, persisted: int) -> StorageError:
    """A chunk begins behind the bytes that are kept."""
    message = (
        f"Invalid request.  According to the Content-Range header, the upload offset is {offset} byte(s), "
        f"which exceeds already uploaded size of {persisted} byte(s)."
    )
    return StorageError(503, "backendError", message, code="ServiceUnavailable")


def method_not_allowed() -> StorageError:
    """The URL exists; the method does not."""
    message = "The specified method is not allowed against this resource."
    return StorageError(405, "methodNotAllowed", message, code="MethodNotAllowed")


def not_covered(what: str) -> StorageError:
    """The service can do it, the emulator cannot; its package's docstring lists what else."""
    message = f"{what}: not covered by the local Cloud Storage emulator."
    return StorageError(501, "notImplemented", message, code="NotImplemented")


def access_denied(details: str) -> StorageError:
    """The caller did not prove a right to this."""
    return StorageError(403, "forbidden", "Access denied.", code="AccessDenied", extra={"Details": details})


def signature_mismatch(string_to_sign: str, canonical_request: str) -> StorageError:
    """The signature was not made over this request by a key we know."""
    details = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your Google secret key and signing method."
    )
    extra = {"Details": details, "StringToSign": string_to_sign, "CanonicalRequest": canonical_request}
    return StorageError(403, "forbidden", "Access denied.", code="SignatureDoesNotMatch", extra=extra)


def token_expired(expired_at: str) -> StorageError:
    """A signed URL was used too late. The service answers 400 here, not 403."""
    details = f"The provided token has expired. Request signature expired at: {expired_at}"
    return StorageError(400, "invalid", "Invalid argument.", code="ExpiredToken", extra={"Details": details})


def clock_skewed() -> StorageError:
    """A signed URL is dated more than 15 minutes in the future."""
    message = "The difference between the request time and the server's time is too large."
    return StorageError(403, "forbidden", message, code="RequestTimeTooSkewed")


def malformed_signature(parameter: str, details: str) -> StorageError:
    """A part of a signed URL, or a header it speaks of, is missing or cannot be read."""
    extra = {"ParameterName": parameter, "Details": details}
    message = "Your request has a malformed header."
    return StorageError(400, "invalid", message, code="MalformedSecurityHeader", extra=extra)


def body_too_large(limit: int) -> StorageError:
    """The body is longer than x-goog-content-length-range, or a limit of the API, allows."""
    message = "Your proposed upload is larger than the maximum object size specified in your Policy Document."
    return StorageError(
        400, "invalid", message, code="EntityTooLarge", extra={"Details": f"Maximum: {limit}"}
    )


def body_too_small(limit: int) -> StorageError:
    """The body is shorter than x-goog-content-length-range allows."""
    message = (
        "Your proposed upload is smaller than the minimum object size specified in your Policy Document."
    )
    return StorageError(
        400, "invalid", message, code="EntityTooSmall", extra={"Details": f"Minimum: {limit}"}
    )


_BY_STATUS: dict[int, tuple[str, str, str]] = {
    401: ("authError", "Invalid Credentials", "AuthenticationRequired"),
    403: ("forbidden", "Access denied.", "AccessDenied"),
    408: ("requestTimeout", "Request timeout.", "RequestTimeout"),
    429: (
        "rateLimitExceeded",
        (
            "The object exceeded the rate limit for object mutation operations (create, update, and delete). "
            "Please reduce your request rate."
        ),
        "SlowDown",
    ),
    500: ("backendError", "We encountered an internal error. Please try again.", "InternalError"),
    502: ("backendError", "Bad Gateway", "BadGateway"),
    503: ("backendError", "We encountered an internal error. Please try again.", "ServiceUnavailable"),
    504: ("backendError", "Gateway Timeout", "GatewayTimeout"),
}


def planted(status: int, reason: str | None, message: str | None, retry_after: object = None) -> StorageError:
    """The error of a planted fault, worded as the service words that status."""
    usual_reason, usual_message, code = _BY_STATUS.get(
        status, ("invalid", "Planted fault.", "InvalidArgument")
    )
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return StorageError(status, reason or usual_reason, message or usual_message, code=code, headers=headers)
