"""The seller's consent: OAuth 2 with a code and PKCE (RFC 7636, method S256), as Etsy wants it."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from common.errors import Forbidden, Usage

SCOPES = ("listings_r", "listings_w", "listings_d", "shops_r")
"""Read and write listings, delete the drafts of a batch that is rolled back, and read the shop's profiles."""


@dataclass(frozen=True)
class Question:
    """One request for consent, until its answer has come."""

    keystring: str
    redirect_uri: str
    scopes: Sequence[str] = SCOPES
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Comes back with the answer, which proves that it answers this question."""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    """Proves to Etsy that whoever has the code also asked for it."""

    def address(self, consent_page: str) -> str:
        """Where the seller is asked; nothing in it is secret."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.keystring,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{consent_page}?{urlencode(asked)}"

    def code_in(self, address: str) -> str:
        """The code in the address that the seller was sent back to.

        Raises Forbidden when the seller did not agree, Usage when it is no answer to this question.
        """
        said = {name: values[-1] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        if not secrets.compare_digest(said.get("state", "").encode(), self.state.encode()):
            raise Usage(
                "This address does not answer the question that was asked just now; start `shelfline connect etsy` "
                "again, and use the address that it leads to.",
                reason="etsy_other_answer",
            )
        if "code" not in said:
            why = said.get("error_description") or said.get("error") or "no code came"
            raise Forbidden(
                f"Etsy gave no consent ({why[:200]}); start again and grant access.",
                reason="etsy_no_consent",
            )
        return said["code"]
