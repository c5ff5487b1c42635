"""Errors that every Google HTTP client can raise, translated into ours at one place.

What only one service says (a missing table, a failed precondition) its own adapter translates before it
asks here.
"""

from common.errors import Misconfigured, ShelflineError, Unavailable

_TRANSIENT = (408, 429, 500, 502, 503, 504)


def translate(error: Exception, service: str, role: str) -> ShelflineError | None:
    """Our error for one of a Google client library, None if it is none that all services share.

    service: its name for people, e.g. "Cloud Storage".
    role: the IAM role that this project gives its functions there, for the next step of a refused call.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError

    if isinstance(error, GoogleAuthError):
        return _authentication(error, service)
    if isinstance(error, GoogleAPICallError):
        return from_status(int(error.code or 0), error.message, service, role)
    if isinstance(error, RetryError):
        return unavailable(error.cause or error, service)
    return unavailable(error, service) if _is_network(error) else None


def from_status(status: int, message: str, service: str, role: str) -> ShelflineError | None:
    """Our error for an HTTP status of a Google API; None if the status says nothing by itself."""
    if status in (401, 403):
        return Misconfigured(
            f"{service} refused this function's account ({message}); give it {role}, in the cloud with the "
            "Terraform in infra/gcp",
            reason="no_permission",
        )
    return unavailable(message, service) if status in _TRANSIENT or status > 504 else None


def unavailable(cause: object, service: str) -> Unavailable:
    """The service did not answer, or answered that it cannot now."""
    text = str(cause) or type(cause).__name__
    return Unavailable(
        f"{service} did not answer ({text}); it is tried again, look at `shelfline doctor` if this goes on",
        reason=f"{service.lower().replace(' ', '_')}_unavailable",
    )


def _authentication(error: Exception, service: str) -> ShelflineError:
    """A token that could not be fetched for now is not the same as credentials that are missing or wrong."""
    from google.auth.exceptions import TransportError

    if isinstance(error, TransportError) or getattr(error, "retryable", False):
        return unavailable(error, service)
    return Misconfigured(
        f"{service}: there are no usable Google credentials here ({error}); run `gcloud auth "
        "application-default login`, or `shelfline up` to use the local stack",
        reason="no_credentials",
    )


def _is_network(error: Exception) -> bool:
    import requests
    import urllib3

    return isinstance(
        error, requests.RequestException | urllib3.exceptions.HTTPError | ConnectionError | TimeoutError
    )
