"""Tokens for a code or for a refresh token. A refresh token is good for one use: the answer holds the next one."""

import json
from collections.abc import Mapping
from typing import Any

from common.errors import Misconfigured, Retry, Unavailable
from common.etsy.account import NEXT_STEP, Account, Tokens
from common.etsy.addresses import Addresses
from common.etsy.consent import Question
from common.etsy.transport import Transport
from common.http.exchange import Reply


class GrantRefused(Misconfigured):
    """Etsy does not take the code or the refresh token: it is used, too old, or withdrawn."""

    reason = "etsy_consent"


class TokenEndpoint:
    """Asks for tokens, without a second try.

    Every method may raise GrantRefused; Misconfigured when the key is not known; Unavailable when nothing is known, and
    the refresh token may have been used up all the same (`NoAnswer.perhaps_done` is False where it was not sent).
    """

    def __init__(self, addresses: Addresses, transport: Transport) -> None:
        self._address = addresses.token
        self._transport = transport

    def exchange(self, question: Question, code: str) -> Tokens:
        """Tokens for the code of a consent."""
        return self._ask(
            {
                "grant_type": "authorization_code",
                "client_id": question.keystring,
                "redirect_uri": question.redirect_uri,
                "code": code,
                "code_verifier": question.verifier,
            }
        )

    def refresh(self, account: Account) -> Tokens:
        """The next tokens of an account."""
        return self._ask(
            {
                "grant_type": "refresh_token",
                "client_id": account.keystring,
                "refresh_token": account.refresh_token,
            }
        )

    def _ask(self, fields: Mapping[str, str]) -> Tokens:
        reply = self._transport.send("POST", self._address, {}, list(fields.items()))
        said = _object(reply.body)
        if reply.status != 200:
            raise _failure(reply, said)
        access, refresh, seconds = (
            said.get(name) for name in ("access_token", "refresh_token", "expires_in")
        )
        if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
            raise Unavailable("Etsy's answer holds no tokens", reason="etsy_malformed")
        good_for = float(seconds) if isinstance(seconds, int | float) else 0.0
        return Tokens(access, refresh, max(0.0, good_for))


def _failure(reply: Reply, said: Mapping[str, Any]) -> Exception:
    code = str(said.get("error", ""))[:80]
    words = str(said.get("error_description", ""))[:200]
    told = ": ".join(part for part in (code, words) if part) or f"HTTP {reply.status}"
    if code == "invalid_grant":
        return GrantRefused(f"Etsy does not take the consent any more ({told}). {NEXT_STEP}")
    if reply.status == 429:
        return Retry(f"Etsy gives no tokens now ({told})", reason="etsy_token_rate", after=60)
    if 400 <= reply.status < 500:
        return Misconfigured(
            f"Etsy gives no tokens ({told}). Check the application's keystring and callback address at "
            f"etsy.com/developers. {NEXT_STEP}",
            reason="etsy_credentials",
        )
    return Unavailable(f"Etsy gives no tokens now ({told})", reason="etsy_token")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
