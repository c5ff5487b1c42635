"""The certificates that OIDC tokens are signed with, kept for as long as their server allows.

`google.oauth2.id_token` asks for them at every token. This stands between it and the network: it has the
shape of a google-auth transport and answers from memory.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from google.auth.transport import Request

_DEFAULT_AGE = 300.0  # seconds, where the server names none
_TIMEOUT = 10.0  # seconds
_REFETCH_EVERY = 30.0
"""Seconds; so that tokens with invented key ids cannot make us call the server each time."""
_MAX_AGE = re.compile(r"max-age=(\d+)")

Transport = Callable[..., Any]
"""`transport(url, method="GET", ...)` answers `status`, `headers` and `data`, as google-auth has it."""


class CachedCertificates(Request):
    """A google-auth transport for one certificates URL; safe to use from many threads."""

    def __init__(self, transport: Transport, *, now: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._now = now
        self._lock = threading.Lock()
        self._response: Any = None
        self._fresh_until = float("-inf")
        self._refetched_at = float("-inf")

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> Any:
        """The certificates' response, from memory while it is fresh. It is always a plain GET."""
        with self._lock:
            if self._response is None or self._now() >= self._fresh_until:
                self._fetch(url)
            return self._response

    def expect_key(self, key_id: str | None) -> None:
        """Forget the certificates if they lack this key, so that the next use fetches them: keys rotate.

        At most once in 30 s.
        """
        with self._lock:
            known = self._response is None or key_id is None or key_id in json.loads(self._response.data)
            if not known and self._now() - self._refetched_at >= _REFETCH_EVERY:
                self._refetched_at = self._now()
                self._response = None

    def _fetch(self, url: str) -> None:
        response = self._transport(url, method="GET", timeout=_TIMEOUT)
        if response.status != 200:
            self._response, self._fresh_until = response, float("-inf")  # answered, not kept
            return
        age = _MAX_AGE.search(response.headers.get("Cache-Control") or "")
        self._response = response
        self._fresh_until = self._now() + (float(age[1]) if age else _DEFAULT_AGE)
