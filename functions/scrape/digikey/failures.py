"""The one place where DigiKey's refusals become errors of ours, typed by what to do next.

Two error bodies are in use: RFC 7807 (`title`, `detail`, `errors`, `correlationId`) for most, and the older
`ErrorMessage`/`ErrorDetails`/`RequestId` from the gateway that counts bursts. Both are read; neither is
relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import GiveUp, Misconfigured, Refuse, ShelflineError, Unavailable, WaitUntil
from functions.scrape.digikey.rates import BURST_WINDOW, day_is_used_up, next_utc_midnight, retry_after

_LONGEST_DETAIL = 300
_TRANSIENT = frozenset({408, 425})


@dataclass(frozen=True)
class Refusal:
    """An answer of DigiKey's that is not a success."""

    status: int
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: Mapping[str, Any]
    """The decoded body; empty when it was no JSON object."""

    def says_not_found(self) -> bool:
        """Whether DigiKey itself says so; a 404 without its problem body comes from somewhere else."""
        return self.status == 404 and ("title" in self.body or "ErrorMessage" in self.body)

    def detail(self) -> str:
        """The vendor's own words with its correlation id, short enough for a message."""
        said = [
            str(self.body[name])
            for name in ("title", "detail", "errors", "ErrorMessage", "ErrorDetails", "error_description")
            if self.body.get(name)
        ]
        number = self.body.get("correlationId") or self.body.get("RequestId")
        text = "; ".join(said)[:_LONGEST_DETAIL] or "no explanation"
        return f"{text} (correlation id {number})" if number else text


def failure(refusal: Refusal, now: datetime) -> ShelflineError:
    """The error for a refused call, to be raised by the caller; `now` is when waits are counted from."""
    status = refusal.status
    if status == 429:
        return _budget_used_up(refusal, now)
    if status >= 500 or status in _TRANSIENT:
        return _unavailable(refusal, now)
    if status in (401, 403):
        return _credentials_refused(refusal)
    if status == 400:
        return Refuse(f"DigiKey refuses the request: {refusal.detail()}", reason="digikey_bad_request")
    if status == 404 or 300 <= status < 400:
        return _wrong_address(status)
    return GiveUp(f"DigiKey answers {status}: {refusal.detail()}", reason=f"digikey_http_{status}")


def token_failure(refusal: Refusal, now: datetime) -> ShelflineError:
    """The error for a refused token: a 400 there means the credentials (`invalid_client`), not our data."""
    return _credentials_refused(refusal) if refusal.status == 400 else failure(refusal, now)


def _budget_used_up(refusal: Refusal, now: datetime) -> WaitUntil:
    """A day's budget is awaited until DigiKey's delay or UTC midnight, a burst's its delay or a minute.

    Waiting, not retrying: a used-up budget says nothing against the request, so it costs no attempt.
    """
    said = retry_after(refusal.headers, now)
    if day_is_used_up(refusal.headers):
        until = said or next_utc_midnight(now)
        return WaitUntil(
            until, f"DigiKey's budget for today is used up until {until:%FT%TZ}", reason="digikey_day"
        )
    until = said or now + BURST_WINDOW
    return WaitUntil(
        until, f"DigiKey's calls a minute are used up until {until:%FT%TZ}", reason="digikey_burst"
    )


def _unavailable(refusal: Refusal, now: datetime) -> Unavailable:
    said = retry_after(refusal.headers, now)
    after = None if said is None else (said - now).total_seconds()
    message = f"DigiKey answers {refusal.status}: {refusal.detail()}"
    return Unavailable(message, reason=f"digikey_http_{refusal.status}", after=after)


def _credentials_refused(refusal: Refusal) -> Misconfigured:
    return Misconfigured(
        f"DigiKey refuses our credentials ({refusal.status}: {refusal.detail()}). Check the client id and "
        "secret, and that the application at developer.digikey.com is subscribed to Product Information v4; "
        "set them anew with `shelfline connect digikey`.",
        reason="digikey_credentials",
    )


def _wrong_address(status: int) -> Misconfigured:
    return Misconfigured(
        f"No DigiKey API answers at the configured address ({status}). Set SHELFLINE_DIGIKEY_URL to "
        "https://api.digikey.com, without a path.",
        reason="digikey_address",
    )
