"""What Etsy's refusals mean: for each the error of ours that says what to do next.

Etsy answers `{"error": text}`, OAuth errors with a description beside it, and at times a list of complaints. After 400 to
499 nothing was done. After any other failure it may have been: a 500 has been seen with the listing made.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from common.errors import Conflict, Misconfigured, NotFound, Refuse, ShelflineError, Unavailable, WaitUntil
from common.etsy.account import NEXT_STEP
from common.http.exchange import Reply
from functions.push.etsy.limits import usage

_LONGEST_MESSAGE = 300
_OUT_OF_ORDER = "inconsistent order"


def failure(reply: Reply, now: datetime) -> ShelflineError:
    """The error to raise for an answer that is no success. now: business time, which waits are counted from."""
    said = words(reply)
    if reply.status == 429:
        return _limited(reply, now)
    if reply.status == 400 and _OUT_OF_ORDER in said:
        return Conflict(f"Etsy has other images than we think: {said}", reason="etsy_image_order")
    known = _BY_STATUS.get(reply.status)
    if known is not None:
        return known(said)
    if 300 <= reply.status < 400:
        return Misconfigured(
            "No API answers there: set SHELFLINE_ETSY_URL to https://api.etsy.com, without a path.",
            reason="etsy_address",
        )
    if 400 <= reply.status < 500 and reply.status not in (408, 425):
        return Refuse(f"Etsy refuses it: {said}", reason="etsy_refused")
    return Unavailable(f"Etsy: {said}; it may have been done all the same", reason="etsy_unclear")


def words(reply: Reply) -> str:
    """Etsy's own words, cut to fit a message."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        body = None
    listed = body if isinstance(body, list) else [body]
    complaints = [_complaint(each) for each in listed if isinstance(each, Mapping)]
    said = "; ".join(complaint for complaint in complaints if complaint)
    return (said or f"HTTP {reply.status}")[:_LONGEST_MESSAGE]


def _complaint(body: Mapping[str, object]) -> str:
    parts = (body.get(name) for name in ("path", "error", "error_description", "message"))
    return ": ".join(str(part) for part in parts if part)


def _limited(reply: Reply, now: datetime) -> WaitUntil:
    said = usage(reply.headers)
    until = said.reopens_at(now)
    reason = "etsy_day" if said.is_day_used_up() else "etsy_second"
    return WaitUntil(until, f"Etsy asks to wait until {until:%FT%TZ}.", reason=reason)


def _credentials(said: str) -> ShelflineError:
    return Misconfigured(f"Etsy does not take our token: {said}. {NEXT_STEP}", reason="etsy_credentials")


def _permission(said: str) -> ShelflineError:
    return Misconfigured(
        f"Etsy does not allow it: {said}. Check keystring and shared secret, and that the consent covers it. "
        f"{NEXT_STEP}",
        reason="etsy_permission",
    )


def _missing(said: str) -> ShelflineError:
    return NotFound(f"Etsy does not have it: {said}", reason="etsy_not_found")


def _conflict(said: str) -> ShelflineError:
    return Conflict(f"Etsy has changed meanwhile: {said}", reason="etsy_conflict")


_BY_STATUS: Mapping[int, Callable[[str], ShelflineError]] = {
    401: _credentials,
    403: _permission,
    404: _missing,
    409: _conflict,
}
