"""What a write has left at Etsy whose answer was lost."""

import html
from datetime import UTC, datetime

from common.effects import Effect
from common.errors import NotFound
from functions.push.designs.draft import mark_for
from functions.push.designs.held import DRAFT, END, IMAGE, Held, round_of
from functions.push.designs.work import PushDesign
from functions.push.etsy.answers import HeldImage
from functions.push.etsy.client import Etsy

_EVER = datetime(2005, 1, 1, tzinfo=UTC)
"""A mark is of one round of one change, so it is looked for however old: what our clock says is no reason to overlook it."""
_STATES = ("draft", "active", "inactive")


class Traces:
    """Looks for what writes have made."""

    def __init__(self, etsy: Etsy, tenant: str) -> None:
        self._etsy = etsy
        self._tenant = tenant

    def of(self, design: PushDesign, effect: Effect, held: Held) -> str | None:
        """The id of what a write has made; None for nothing."""
        name = effect.part.partition("/")[0]
        if name == DRAFT:
            return self._draft(mark_for(self._tenant, design.key, design.change_id, round_of(effect.part)))
        if name.startswith(END):
            return self._end(int(name.rpartition(" ")[2]))
        listing = held.listing_of(effect)
        if listing is None:
            return None
        return (
            self._image(design, effect, held, listing)
            if name.startswith(IMAGE)
            else self._sku(design, listing)
        )

    def _draft(self, mark: str) -> str | None:
        """By its mark; also when somebody has published it meanwhile."""
        for state in _STATES:
            if found := self._etsy.find_by_mark(mark, _EVER, state):
                return str(found[0].id)
        return None

    def _end(self, listing: int) -> str | None:
        return None if self._etsy.listing(listing) else str(listing)

    def _image(self, design: PushDesign, effect: Effect, held: Held, listing: int) -> str | None:
        """Images go up one at a time, so of ours only this one can be there without our knowing.

        Its rank alone does not tell: people move images and put their own between ours.
        """
        rank = int(effect.key.rpartition("/")[2])
        alt_text = next(
            (each["alt_text"] for each in design.after["images"] if int(each["rank"]) == rank), None
        )
        try:
            there = self._etsy.images(listing)
        except NotFound:
            return None
        known = held.images_of(effect)
        ours = [each for each in there if str(each.id) not in known and _is_ours(each, rank, alt_text)]
        return str(ours[0].id) if ours else None

    def _sku(self, design: PushDesign, listing: int) -> str | None:
        held = self._etsy.inventory(listing) or ()
        return str(listing) if any(each.sku == design.after["sku"] for each in held) else None


def _is_ours(image: HeldImage, rank: int, alt_text: str | None) -> bool:
    if not image.alt_text:
        return image.rank == rank
    return html.unescape(image.alt_text) == alt_text
