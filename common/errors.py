"""Every error of the project, typed by what the caller should do next.

Adapters translate a vendor's or a driver's own errors into these at one place; the pipeline has one arm for each.
`reason` is a short constant, used in events and as a metric label; the message is for a person and says the next step.
"""

from datetime import datetime
from typing import ClassVar


class ShelflineError(Exception):
    """Something went wrong in Shelfline."""

    reason: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, reason: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        if reason is not None:
            self.reason = reason  # type: ignore[misc]  # an instance may be more exact than its class


class Retry(ShelflineError):
    """Try again: nothing is known to be wrong with the request. `after` is the other side's own delay, in seconds."""

    reason = "retry"

    def __init__(self, message: str | None = None, *, reason: str | None = None, after: float | None = None):
        super().__init__(message, reason=reason)
        self.after = after


class Unavailable(Retry):
    """A service could not be reached or did not answer; whether it has what was asked for is not known."""

    reason = "unavailable"


class WaitUntil(ShelflineError):
    """A budget is used up until a known time; waiting costs no attempt."""

    reason = "quota"

    def __init__(self, until: datetime, message: str | None = None, *, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.until = until


class Refuse(ShelflineError):
    """The data is bad and will stay bad until someone mends it: it goes to quarantine with its reason."""

    reason = "bad_data"


class GiveUp(ShelflineError):
    """Automation cannot do it; a person may."""

    reason = "gave_up"


class Usage(ShelflineError):
    """The request cannot be served as it is; the message says what to change."""

    reason = "bad_request"


class NotFound(ShelflineError):
    """What was asked for does not exist."""

    reason = "not_found"


class Conflict(ShelflineError):
    """Somebody else changed it first; look again, then decide."""

    reason = "conflict"


class Forbidden(ShelflineError):
    """The caller may not do this."""

    reason = "forbidden"


class Unauthenticated(ShelflineError):
    """The caller did not prove who it is."""

    reason = "unauthenticated"


class Misconfigured(ShelflineError):
    """A setting, a credential or a table is missing or wrong; the message names it and says how to mend it."""

    reason = "misconfigured"
