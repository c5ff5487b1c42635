"""One HTTP exchange with DigiKey: a decoded reply, or `Unavailable` for what went wrong on the way."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests

from common.errors import Misconfigured, Unavailable
from common.http.addresses import LOOPBACK
from common.http.exchange import as_it_is

TIMEOUT = (3.05, 20.0)
"""Seconds to connect and between two bytes of an answer."""
SANDBOX = "sandbox-api.digikey.com"


@dataclass(frozen=True)
class Reply:
    """A complete answer of any status."""

    status: int
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: Mapping[str, Any] | None
    """The JSON object, its fractions as Decimal; None when the body is no JSON object."""


class Transport:
    """Sends one request at a time through a session, after `before_call` has agreed."""

    def __init__(self, base_url: str, session: requests.Session, before_call: Callable[[], None]) -> None:
        """Raise Misconfigured for the sandbox or a plain-text address."""
        self._base_url = checked_address(base_url)
        self._session = session
        self._before_call = before_call

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Exchange one request; `path` is already percent-encoded. Unavailable when no whole answer came."""
        self._before_call()
        try:
            response = self._session.request(
                method,
                self._base_url + path,
                headers={"Accept": "application/json", **(headers or {})},
                json=json,
                data=form,
                params=query,
                timeout=TIMEOUT,
                allow_redirects=False,  # a redirect would carry our headers to another host
                auth=as_it_is,
            )
        except requests.Timeout as error:
            raise Unavailable("DigiKey did not answer in time", reason="digikey_timeout") from error
        except requests.RequestException as error:
            message = f"DigiKey could not be reached or cut the answer short ({type(error).__name__})"
            raise Unavailable(message, reason="digikey_connection") from error
        return Reply(response.status_code, response.headers, _decoded(response.content))


def checked_address(base_url: str) -> str:
    """The base address without a trailing slash; Misconfigured when real work must not go there.

    The sandbox answers every question with the same capacitor, so a run against it would enrich every part
    wrongly.
    """
    address = urlsplit(base_url)
    host = (address.hostname or "").lower().rstrip(".")
    if host == SANDBOX:
        raise Misconfigured(
            f"{SANDBOX} answers every question with one canned part. Set SHELFLINE_DIGIKEY_URL to "
            "https://api.digikey.com, or to the local stand-in.",
            reason="digikey_sandbox",
        )
    if address.scheme != "https" and not (address.scheme == "http" and host in LOOPBACK):
        raise Misconfigured(
            "SHELFLINE_DIGIKEY_URL must begin with https:// (http:// only on this machine): else our secret "
            "would travel in plain text.",
            reason="digikey_address",
        )
    return base_url.rstrip("/")


def _decoded(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(content, parse_float=Decimal, parse_constant=_refused_constant)
    except ValueError:  # what is cut short, not UTF-8, or NaN
        return None
    return body if isinstance(body, dict) else None


def _refused_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
