"""Who is calling monday.com: one token, of a user made for the integration."""

from dataclasses import dataclass, field

from common.errors import Misconfigured
from common.secrets.store import SecretStore

NAME = "monday"
"""What the token is stored under."""


@dataclass(frozen=True)
class Credentials:
    """A personal token (V2), or an app's; it acts with the rights of its user."""

    token: str = field(repr=False)
    """Never logged: it is in no error message and not in this value's repr."""

    def __post_init__(self) -> None:
        """Raise Misconfigured for what could not travel in a header; the message does not repeat it."""
        if not self.token or not all("!" <= letter <= "~" for letter in self.token):
            raise Misconfigured(
                "The stored monday.com token holds blanks, line ends or other letters than a token has; "
                "`shelfline connect monday` stores it anew.",
                reason="monday_credentials",
            )


def stored_credentials(secrets: SecretStore) -> Credentials:
    """The token that `shelfline connect monday` stored; Misconfigured when there is none."""
    stored = secrets.get(NAME)
    if stored is None or "token" not in stored:
        raise Misconfigured(
            "There is no token for monday.com: `shelfline connect monday` stores one.",
            reason="monday_credentials",
        )
    return Credentials(stored["token"])
