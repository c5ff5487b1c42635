"""The ledger of outside writes: planned, sent (committed before the call), then confirmed, refused or unknown.

An effect is known by tenant, target, key, part and change; its content hash is a seal, not its identity. Several effects
share a request, a send: its members, their order and its body are frozen before it goes out. A send ends as a whole
(`WholeSends`: one load takes all or nothing) or member by member (`Settlement`). A crash after `sent` leaves a member
unknown: only a repeat under the vendor's own key, or a look-up after the deadline, may say what became of it.
"""

from common.effects.effect import Effect, PlannedEffect, Undo
from common.effects.ledger import Effects
from common.effects.look_ups import NOT_FOUND_AGAIN
from common.effects.result import Confirmed, PlannedAgain, Refused, Result, Settled, TwoRemoteObjects, Unknown
from common.effects.send import OpenSend, Send
from common.effects.whole import parts_of, send_key

__all__ = [
    "NOT_FOUND_AGAIN",
    "Confirmed",
    "Effect",
    "Effects",
    "OpenSend",
    "PlannedAgain",
    "PlannedEffect",
    "Refused",
    "Result",
    "Send",
    "Settled",
    "TwoRemoteObjects",
    "Undo",
    "Unknown",
    "parts_of",
    "send_key",
]
