"""Access tokens that prove themselves: signed with a key kept in the state folder, so a restart keeps them
valid.

They expire by real time, as the client's do; the movable clock does not touch them.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path


class TokenIssuer:
    """Issues and checks the tokens of one application."""

    def __init__(self, state: Path, client_id: str, client_secret: str, lifetime: float) -> None:
        """`lifetime` in seconds of real time."""
        self._client_id = client_id
        self._client_secret = client_secret
        self._lifetime = lifetime
        self._key = _kept_key(state / "token.key")

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the application's credentials."""
        return _equal(client_id, self._client_id) and _equal(client_secret, self._client_secret)

    def issue(self) -> dict[str, object]:
        """The answer to a good token request."""
        claims = {"exp": time.time() + self._lifetime, "nonce": secrets.token_hex(8)}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        token = f"{payload}.{self._signature(payload)}"
        return {"access_token": token, "expires_in": int(self._lifetime), "token_type": "Bearer"}

    def refusal(self, token: str) -> str | None:
        """Why this token is no good; None when it is."""
        payload, _, signature = token.partition(".")
        if not _equal(signature, self._signature(payload)):
            return "The Bearer token is invalid"
        expires = json.loads(base64.urlsafe_b64decode(payload))["exp"]
        return None if time.time() < float(expires) else "The Bearer token is expired"

    def is_client(self, client_id: str) -> bool:
        """Whether this is the application's id."""
        return _equal(client_id, self._client_id)

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        scratch = path.with_suffix(".new")
        scratch.write_bytes(secrets.token_bytes(32))
        scratch.chmod(0o600)
        scratch.replace(path)
    return path.read_bytes()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
