"""What the ledger holds of one change, and which draft at Etsy it is about.

A change may need more than one draft: somebody deletes one that is half made, or what it was to say has changed since.
So its writes are counted by rounds, each round one draft: "image 2" is of the first, "image 2/3" of the third.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from common.effects import Effect, PlannedEffect

DRAFT, IMAGE, INVENTORY, END = "draft", "image", "inventory", "end"


def part_of(name: str, number: int) -> str:
    """The part of a write in a round, from 1."""
    return name if number == 1 else f"{name}/{number}"


def round_of(part: str) -> int:
    """The round that a part is of."""
    return int(part.partition("/")[2] or 1)


@dataclass(frozen=True)
class Held:
    """The writes of a change as they stand. live: the id of the draft or listing that is known to be there for the design."""

    effects: Sequence[Effect]
    live: str | None

    @property
    def is_under_way(self) -> bool:
        """Whether one of them may have landed without our knowing."""
        return any(effect.is_under_way for effect in self.effects)

    @property
    def draft(self) -> Effect | None:
        """The creation of the draft that is there, where this change has made it."""
        return next((each for each in self._drafts if each.remote_id == self.live), None)

    @property
    def round(self) -> int:
        """The present round: one more than there were drafts of this change that are gone."""
        return 1 + sum(each.remote_id != self.live for each in self._drafts)

    @property
    def refused(self) -> Effect | None:
        """A write that Etsy has refused, and nobody was asked about yet."""
        return next((each for each in self.effects if each.state == "refused"), None)

    def has_made(self, planned: PlannedEffect) -> bool:
        """Whether this write is known to be done."""
        return any(
            (each.key, each.part, each.state) == (planned.key, planned.part, "confirmed")
            for each in self.effects
        )

    def listing_of(self, effect: Effect) -> int | None:
        """The draft that a write is about: that of its round."""
        wanted = part_of(DRAFT, round_of(effect.part))
        return next((int(str(each.remote_id)) for each in self._drafts if each.part == wanted), None)

    def images_of(self, effect: Effect) -> frozenset[str]:
        """The ids of the images that are known to have been made in a write's round."""
        return frozenset(
            str(each.remote_id)
            for each in self.effects
            if each.part.startswith(IMAGE)
            and each.state == "confirmed"
            and round_of(each.part) == round_of(effect.part)
        )

    @property
    def _drafts(self) -> list[Effect]:
        drafts = [each for each in self.effects if each.part.partition("/")[0] == DRAFT]
        return [each for each in drafts if each.state == "confirmed"]
