"""The ledger as a whole."""

from common.effects.look_ups import LookUps
from common.effects.reading import Reading
from common.effects.remote_objects import RemoteObjects
from common.effects.sending import Sending
from common.effects.settlement import Settlement
from common.effects.whole import WholeSends


class Effects(WholeSends, Sending, Settlement, LookUps, RemoteObjects, Reading):
    """The ledger of outside writes: plan, send, settle, look up, and what the targets hold since."""
