"""The seller's tokens, renewed before they run out, by one worker at a time.

Etsy's refresh tokens are good for one use: the answer to a refresh holds the next one, and both tokens are stored as one
secret before anybody works with them. Whoever gets the right to refresh reads the stored account again first, and uses
what another has stored meanwhile. A worker that does not get the right goes on with the present token while that is good.

The known hole: a worker dies after Etsy has rotated and before the new tokens are stored. Nothing at Etsy brings them back.
It is made small (just before the refresh the store has to take a note of it, so that a store that is down or forbids writing
stops it in time; storing is tried three times; what could not be stored is kept and stored later) and visible (when Etsy
refuses a token for which such a note stands, the message says what happened and names `shelfline connect etsy`). The note
is a secret of its own, beside the tokens: a worker that overslept its right cannot put old tokens over newer ones with it.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from common.errors import ShelflineError, WaitUntil
from common.etsy.account import NAME, NEXT_STEP, Account, stored_account
from common.etsy.token_endpoint import GrantRefused, TokenEndpoint
from common.secrets.store import SecretStore
from functions.push.etsy.refresh_lock import RefreshLock

EARLY_SECONDS = 300.0
"""So long before its end a token is renewed, while it still serves those who do not get the right to."""
LEAST_SECONDS = 30.0
"""With less left, a token may run out under way."""
PAUSE = timedelta(seconds=2)
_TRIES = 3
_log = logging.getLogger(__name__)


def _real_time() -> datetime:
    return datetime.now(UTC)


class TokenKeeper:
    """Keeps one stored account's tokens good. Safe to share between threads."""

    def __init__(
        self,
        secrets: SecretStore,
        endpoint: TokenEndpoint,
        lock: RefreshLock,
        *,
        now: Callable[[], datetime],
        name: str = NAME,
        wall: Callable[[], datetime] = _real_time,
    ) -> None:
        """now: business time, for waits. wall: real time, which tokens run out by."""
        self._secrets = secrets
        self._endpoint = endpoint
        self._lock = lock
        self._now = now
        self._name = name
        self._wall = wall
        self._known: Account | None = None
        self._is_stored = True
        self._mutex = threading.Lock()

    def current(self) -> Account:
        """The account with a token that is good for a while.

        Raises WaitUntil while another worker renews it and there is none to go on with; Misconfigured when there is no
        consent, or Etsy takes it no more; Unavailable when nothing is known.
        """
        with self._mutex:
            self._store_what_was_not()
            if self._known is None or not self._is_fresh(self._known):
                self._known = self._good(self._read())
            return self._known

    def after_refusal(self, refused: Account) -> Account:
        """The account with another token than this one, which Etsy has refused. Raises as `current` does."""
        with self._mutex:
            stored = self._read()
            if stored.access_token == refused.access_token:
                stored = replace(stored, access_token="")
            self._known = self._good(stored)
            return self._known

    def _good(self, account: Account) -> Account:
        if self._is_fresh(account):
            return account
        grant = self._lock.take()
        if grant is None:
            return self._without_the_right(account)
        try:
            stored = self._read()
            is_other = stored.refresh_token != account.refresh_token
            return stored if is_other and self._is_fresh(stored) else self._refreshed(stored)
        finally:
            self._lock.give_back(grant)

    def _without_the_right(self, account: Account) -> Account:
        """Another worker is at it: its tokens if it is done, else the present one while that is good."""
        stored = self._read()
        best = stored if stored.refresh_token != account.refresh_token else account
        if best.is_good_for(LEAST_SECONDS, self._wall()):
            return best
        raise WaitUntil(
            self._now() + PAUSE, "Another worker is renewing the tokens for Etsy.", reason="etsy_refresh"
        )

    def _refreshed(self, account: Account) -> Account:
        began = self._wall()
        before = self._note(account, began)
        try:
            tokens = self._endpoint.refresh(account)
        except GrantRefused as error:
            stored = self._read()
            if stored.refresh_token != account.refresh_token:
                return stored  # another had the right after us, and was quicker
            raise _explained(error, before) from error
        renewed = account.renewed(tokens, began)
        self._known, self._is_stored = renewed, False
        self._store_what_was_not()
        return renewed

    def _note(self, account: Account, at: datetime) -> str | None:
        """Note that this token is about to be used up; when the same was noted before, None for never."""
        name, token = f"{self._name}-renewal", hashlib.sha256(account.refresh_token.encode()).hexdigest()
        noted = self._secrets.get(name)
        self._secrets.put(name, {"token_sha256": token, "began_at": f"{at:%FT%TZ}"})
        return noted.get("began_at") if noted and noted.get("token_sha256") == token else None

    def _store_what_was_not(self) -> None:
        """Store the tokens that only this process has. A failure is logged, not raised: they work, and are kept here."""
        for _ in range(_TRIES if not self._is_stored and self._known else 0):
            assert self._known is not None
            try:
                self._secrets.put(self._name, self._known.as_texts())
            except ShelflineError as error:
                _log.error("etsy_tokens_not_stored", extra={"reason": error.reason})
            else:
                self._is_stored = True
                return

    def _read(self) -> Account:
        if self._known is not None and not self._is_stored:
            return self._known  # newer than what is stored
        return stored_account(self._secrets, self._name)

    def _is_fresh(self, account: Account) -> bool:
        return account.is_good_for(EARLY_SECONDS, self._wall())


def _explained(error: GrantRefused, began: str | None) -> GrantRefused:
    if began is None:
        return error
    return GrantRefused(
        f"A renewal of the tokens for Etsy was begun at {began} and never stored: the worker died, or the answer "
        f"was lost, after Etsy had used up the old token. {NEXT_STEP}"
    )
