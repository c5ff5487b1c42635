"""Codes and tokens of one application and one seller, in real time. A refresh token and a code are good for one use."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from infra.local.vendors.etsy.store import Store

CODE_SECONDS = 600
REFRESH_SECONDS = 90 * 86_400


@dataclass(frozen=True)
class Consent:
    """What a seller agreed to."""

    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str


class Grants:
    """Gives and checks passes; what is kept of them are digests."""

    def __init__(
        self, store: Store, user_id: int, access_seconds: float, wall: Callable[[], float] = time.time
    ) -> None:
        """access_seconds: how long an access token is good, in real time."""
        self._store = store
        self._user_id = user_id
        self._access_seconds = access_seconds
        self._wall = wall

    def plant_refresh_token(self, token: str, scopes: Iterable[str]) -> None:
        """Have a refresh token be good, unless it was planted before."""
        expires = self._wall() + REFRESH_SECONDS
        self._store.put_passes([(_digest(token), "refresh", expires, {"scopes": list(scopes)})])

    def code(self, consent: Consent) -> str:
        """A code for what was agreed to."""
        code = secrets.token_urlsafe(32)
        body = {
            "redirect_uri": consent.redirect_uri,
            "scopes": list(consent.scopes),
            "challenge": consent.challenge,
        }
        self._store.put_passes([(_digest(code), "code", self._wall() + CODE_SECONDS, body)])
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any] | None:
        """Tokens for a code; None when code, address or verifier is not the one."""
        digest = _digest(code)
        agreed = self._store.valid_pass(digest, "code", self._wall())
        if agreed is None or agreed["redirect_uri"] != redirect_uri:
            return None
        if not secrets.compare_digest(challenge_of(verifier), agreed["challenge"]):
            return None
        return self._issue(digest, agreed["scopes"])

    def refresh(self, token: str) -> dict[str, Any] | None:
        """Tokens for a refresh token, which is used up by it; None when it is not good."""
        digest = _digest(token)
        agreed = self._store.valid_pass(digest, "refresh", self._wall())
        return None if agreed is None else self._issue(digest, agreed["scopes"])

    def scopes(self, token: str) -> frozenset[str] | None:
        """What an access token allows; None when it is not good."""
        agreed = self._store.valid_pass(_digest(token), "access", self._wall())
        return None if agreed is None else frozenset(agreed["scopes"])

    def _issue(self, used: bytes, scopes: list[str]) -> dict[str, Any]:
        access, refresh = (f"{self._user_id}.{secrets.token_urlsafe(48)}" for _ in range(2))
        now, body = self._wall(), {"scopes": scopes}
        with self._store.transaction():
            self._store.use_pass(used)
            self._store.put_passes(
                [
                    (_digest(access), "access", now + self._access_seconds, body),
                    (_digest(refresh), "refresh", now + REFRESH_SECONDS, body),
                ]
            )
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self._access_seconds),
            "refresh_token": refresh,
        }


def challenge_of(verifier: str) -> str:
    """What PKCE's method S256 makes of a verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
