"""What bringing the orders of one claim to one board works with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.effects import Effect
from common.pipeline.item import Claim
from common.settings import ResolvedSettings
from functions.push.monday.client import Monday
from functions.push.orders.board import OrderBoard
from functions.push.orders.work import TARGET

if TYPE_CHECKING:
    from common.effects import Effects


@dataclass
class Context:
    """One claim, one board, and the ledger of what is written there."""

    effects: "Effects"
    monday: Monday
    claim: Claim
    board: OrderBoard
    """As it was last read."""
    taken: int = 0
    """Places on it that were given to new items since."""

    @property
    def tenant(self) -> str:
        """Whose orders they are."""
        return self.claim.run.tenant

    @property
    def settings(self) -> ResolvedSettings:
        """The run's."""
        return self.claim.run.settings

    @property
    def at_once(self) -> int:
        """Mutations of one call."""
        return int(self.settings.monday_mutations_per_call)

    def read_board_again(self) -> None:
        """Learn what groups and labels it has by now."""
        self.board = OrderBoard.read(self.monday, self.board.items.id)
        self.taken = 0

    def take_place(self) -> bool:
        """One of the places that the board has left for a new item, if there is one."""
        if self.taken >= self.board.items.room():
            return False
        self.taken += 1
        return True

    def ledger(self, changes: Sequence[int]) -> dict[int, list[Effect]]:
        """Change id → its effects as they stand."""
        found: dict[int, list[Effect]] = {}
        for effect in self.effects.ledger(self.tenant, TARGET, changes):
            found.setdefault(effect.change_id, []).append(effect)
        return found
