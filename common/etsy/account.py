"""The seller's account as the secret store keeps it: the application's key, and the tokens of the seller's consent.

All of it is one secret, so that access and refresh token are always replaced together or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from common.errors import Misconfigured
from common.secrets.store import SecretStore

NAME = "etsy"
"""What the account is stored under."""
NEXT_STEP = "`shelfline connect etsy` asks the seller for consent again."
_TEXTS = ("keystring", "shared_secret", "refresh_token")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tokens:
    """What Etsy's token endpoint gives."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: float
    """How long the access token is good."""


@dataclass(frozen=True)
class Account:
    """One seller, through one application. Its secrets are in no error message and not in its repr."""

    keystring: str
    shared_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    expires_at: datetime = _LONG_AGO
    """When the access token has had its time, in real time (aware)."""
    shop_id: int = 0
    """0 until Etsy was asked for it."""

    def headers(self) -> dict[str, str]:
        """What proves who is calling. Since February 2026 the key alone is refused: the shared secret goes with it."""
        return {
            "x-api-key": f"{self.keystring}:{self.shared_secret}",
            "Authorization": f"Bearer {self.access_token}",
        }

    def is_good_for(self, seconds: float, at: datetime) -> bool:
        """Whether the access token has that much time left."""
        return bool(self.access_token) and self.expires_at - at >= timedelta(seconds=seconds)

    def renewed(self, tokens: Tokens, at: datetime) -> "Account":
        """The account with new tokens, which came at a time."""
        return replace(
            self,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=at + timedelta(seconds=tokens.seconds),
        )

    def of_shop(self, shop_id: int) -> "Account":
        """The account with its shop."""
        return replace(self, shop_id=shop_id)

    def as_texts(self) -> dict[str, str]:
        """What the secret store keeps."""
        return {
            "keystring": self.keystring,
            "shared_secret": self.shared_secret,
            "refresh_token": self.refresh_token,
            "access_token": self.access_token,
            "expires_at": self.expires_at.isoformat(),
            "shop_id": str(self.shop_id),
        }


def stored_account(secrets: SecretStore, name: str = NAME) -> Account:
    """The account that `shelfline connect etsy` stored; Misconfigured when there is none, or it is not whole."""
    stored = secrets.get(name)
    if stored is None or not all(stored.get(text) for text in _TEXTS):
        raise Misconfigured(
            "There is no consent of a seller at Etsy: `shelfline connect etsy` asks for it.",
            reason="etsy_credentials",
        )
    try:
        return _read(stored)
    except ValueError:
        raise Misconfigured(
            f"What is stored of the account at Etsy cannot be read; {NEXT_STEP}", reason="etsy_credentials"
        ) from None


def _read(stored: Mapping[str, str]) -> Account:
    return Account(
        **{text: _header_safe(stored[text]) for text in _TEXTS},
        access_token=_header_safe(stored.get("access_token", "")),
        expires_at=_moment(stored.get("expires_at")) or _LONG_AGO,
        shop_id=int(stored.get("shop_id") or 0),
    )


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its time zone")
    return moment


def _header_safe(text: str) -> str:
    """The text, if it can travel in a header. Raises ValueError without repeating it."""
    if not all("!" <= letter <= "~" for letter in text):
        raise ValueError("blanks, line ends or other letters than a token has")
    return text
