"""Bearer tokens for people: made once, shown once, kept as a hash."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from common.auth.bearer import bearer_token
from common.errors import Forbidden, Unauthenticated

PREFIX = "slt_"
"""Marks a token of ours, so that secret scanners and people recognise one that got out."""


class Role(IntEnum):
    """What a person may do; each role may also do what the ones before it may."""

    VIEWER = 1
    """Look at everything of the tenant."""
    OPERATOR = 2
    """Start and stop runs, do manual tasks."""
    APPROVER = 3
    """Approve, reject, push and roll back changes."""
    ADMIN = 4
    """Change settings, credentials and tokens."""

    def allows(self, required: "Role") -> bool:
        """Whether this role covers what `required` may do."""
        return self >= required

    @classmethod
    def parse(cls, name: str) -> "Role":
        """The role called "viewer", "operator", "approver" or "admin".

        Raises:
            ValueError: there is no such role.
        """
        try:
            return cls[name.upper()]
        except KeyError:
            known = ", ".join(role.name.lower() for role in cls)
            raise ValueError(f"there is no role {name!r}; the roles are {known}") from None


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, or a program of theirs, inside one tenant."""

    tenant: str
    name: str
    role: Role

    def require(self, role: Role) -> None:
        """Pass only if this principal has at least `role`.

        Raises:
            Forbidden: it has less.
        """
        if not self.role.allows(role):
            raise Forbidden(
                f"{self.name} is {self.role.name.lower()} and this needs {role.name.lower()}; "
                "ask an admin for a token with that role",
                reason="role_too_low",
            )


@dataclass(frozen=True, slots=True)
class StoredToken:
    """What is kept of a token. hash: hex SHA-256; expires_at: aware, None means never."""

    hash: str
    principal: Principal
    expires_at: datetime | None = None


class TokenStore(Protocol):
    """Where the hashes of tokens are kept."""

    def find(self, token_hash: str) -> StoredToken | None:
        """The token with this hex SHA-256, None if there is none or it was revoked.

        Raises:
            Unavailable: the store could not be asked.
        """
        ...


def new_token() -> tuple[str, str]:
    """A new token with 256 random bits, and its hash: (plain, hex SHA-256). Only the hash may be stored."""
    plain = PREFIX + secrets.token_urlsafe(32)
    return plain, hash_token(plain)


def hash_token(plain: str) -> str:
    """The hex SHA-256 of a token. No salt and no slow hash: a random token of 256 bits cannot be guessed."""
    return hashlib.sha256(plain.encode()).hexdigest()


def authenticate(authorization: str | None, store: TokenStore, now: datetime) -> Principal:
    """Who makes the request that carries this Authorization header.

    Raises:
        Unauthenticated: no token, not one of ours, unknown, revoked or expired.
        Unavailable: the store could not be asked.
    """
    plain = bearer_token(authorization)
    if not plain.startswith(PREFIX):
        raise Unauthenticated(f"tokens of this service start with {PREFIX}", reason="bad_token")
    token_hash = hash_token(plain)
    stored = store.find(token_hash)
    # Compared again in constant time: a store may match more loosely than we do (collation, truncation).
    if stored is None or not hmac.compare_digest(stored.hash, token_hash):
        raise _refused("is not known, or was revoked", "bad_token")
    if stored.expires_at is not None and stored.expires_at <= now:
        raise _refused("has expired", "expired_token")
    return stored.principal


def _refused(what: str, reason: str) -> Unauthenticated:
    return Unauthenticated(f"the token {what}; make one with `shelfline token`", reason=reason)
