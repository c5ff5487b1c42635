"""One refresher at a time, in all processes: a hold in Postgres, taken through the ledger of budgets.

It is a row with an expiry and not a lock that lives with a transaction, because no transaction may be open across a
vendor's call: a slow answer would hold a connection of the pool, and the transport refuses it. The hold is counted by
Postgres's own clock, is given back at the end, and frees itself when its holder died.
"""

from common.errors import WaitUntil
from common.http.exchange import LONGEST_ANSWER_SECONDS
from common.quotas import Dimension, Grant, Ledger

HOLD_SECONDS = LONGEST_ANSWER_SECONDS + 30
"""Longer than a refresh can take, storing included: two must not run at once."""
_TENANT = "default"  # a stored account belongs to its name, not to a tenant; this one is always there
_DIMENSIONS = {"refresh": Dimension(kind="concurrency", capacity=1, window_seconds=HOLD_SECONDS)}


class RefreshLock:
    """The right to renew the tokens of one stored account."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._account = f"{name}-refresh"

    def take(self) -> Grant | None:
        """The right, to be given back; None while another has it."""
        try:
            return self._ledger.reserve(_TENANT, self._account, _DIMENSIONS)
        except WaitUntil:
            return None

    def give_back(self, grant: Grant) -> None:
        """Let the next one in."""
        self._ledger.refund(grant, 1)
