"""Access tokens as the metadata server gives them: the same one until it is about to expire."""

import secrets
import threading
import time

_LIFETIME = 3600.0  # seconds
_RENEWED_BEFORE = 300.0  # seconds; the real server gives a new token when less is left


class AccessTokens:
    """Issues one token at a time; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token = ""
        self._expiry = 0.0

    def current(self) -> tuple[str, int]:
        """(token, seconds it is still good for)."""
        with self._lock:
            now = time.time()
            if self._expiry - now < _RENEWED_BEFORE:
                self._token, self._expiry = secrets.token_urlsafe(96), now + _LIFETIME
            return self._token, int(self._expiry - now)
