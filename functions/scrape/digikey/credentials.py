"""What DigiKey is told about who is calling."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """One application at developer.digikey.com."""

    client_id: str
    client_secret: str = field(repr=False)
    """Never logged: it is in no error message and not in this value's repr."""
    account_id: str | None = None
    """The account whose prices are wanted (`X-DIGIKEY-Account-Id`); without it only standard prices come."""


@dataclass(frozen=True)
class Locale:
    """Whose web site, language and currency DigiKey answers in; it corrects what it does not support."""

    site: str = "US"
    language: str = "en"
    currency: str = "USD"

    def headers(self) -> dict[str, str]:
        """As request headers."""
        return {
            "X-DIGIKEY-Locale-Site": self.site,
            "X-DIGIKEY-Locale-Language": self.language,
            "X-DIGIKEY-Locale-Currency": self.currency,
        }
