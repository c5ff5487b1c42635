"""The writes that bring one design to a shop, in their order, and how each is found again when its answer was lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from common.canonical import record_hash
from common.effects import Effect, PlannedEffect
from common.objects.store import ObjectStore
from functions.push.designs.draft import listing_of, mark_for, product_of
from functions.push.designs.work import PushDesign
from functions.push.etsy.client import Etsy
from functions.push.etsy.listing import NewImage

DRAFT, INVENTORY, END = "draft", "inventory", "end"


@dataclass(frozen=True)
class Write:
    """One request. carry_out: makes it and answers the id of what it made. trace: looks for what it has made, None for nothing."""

    effect: PlannedEffect
    body: str
    carry_out: Callable[[], str]
    trace: Callable[[Effect], str | None]


class Writes:
    """Makes the writes of designs for one shop."""

    def __init__(self, etsy: Etsy, objects: ObjectStore, tenant: str) -> None:
        self._etsy = etsy
        self._objects = objects
        self._tenant = tenant

    def of(self, design: PushDesign, listing_id: int | None) -> Sequence[Write]:
        """All writes of a change. listing_id: None before the draft is made; what needs it comes after."""
        if design.operation == "delete":
            return [self._end(design, int(design.before["listing_id"]))]
        if listing_id is None:
            return [self._draft(design)]
        images = [self._image(design, listing_id, image) for image in design.after["images"]]
        return [self._draft(design), *images, self._inventory(design, listing_id)]

    def _draft(self, design: PushDesign) -> Write:
        mark = mark_for(self._tenant, design.key, design.change_id)
        listing = listing_of(design.after["listing"], mark)

        def trace(effect: Effect) -> str | None:
            since = effect.sent_at
            assert since is not None, "only what was sent is looked for"
            for state in ("draft", "active", "inactive"):
                if found := self._etsy.find_by_mark(mark, since, state):
                    return str(found[0].id)
            return None

        effect = self._effect(design, DRAFT, "create", design.key, {"mark": mark, **design.after["listing"]})
        return Write(effect, f"draft {mark}", lambda: str(self._etsy.create_draft(listing).id), trace)

    def _image(self, design: PushDesign, listing_id: int, image: dict[str, str]) -> Write:
        rank = int(image["rank"])

        def carry_out() -> str:
            content = self._objects.get(image["object"])
            made = NewImage(content, image["name"], rank, image["alt_text"], media_type=image["media_type"])
            return str(self._etsy.upload_image(listing_id, made).id)

        def trace(effect: Effect) -> str | None:
            # They go up one at a time and in order: who has this rank is the one that was sent.
            held = [each for each in self._etsy.images(listing_id) if each.rank == rank]
            return str(held[0].id) if held else None

        key = design.image_key(rank)
        effect = self._effect(design, f"image {rank}", "create", key, image, parent=design.key)
        return Write(effect, f"image {rank} {image['object']}", carry_out, trace)

    def _inventory(self, design: PushDesign, listing_id: int) -> Write:
        sku = design.after["sku"]
        product = product_of(design.after["listing"], sku)

        def carry_out() -> str:
            self._etsy.put_inventory(listing_id, [product])
            return str(listing_id)

        def trace(effect: Effect) -> str | None:
            held = self._etsy.inventory(listing_id) or ()
            return str(listing_id) if any(each.sku == sku for each in held) else None

        effect = self._effect(design, INVENTORY, "update", design.key, {"sku": sku})
        return Write(effect, f"inventory {sku}", carry_out, trace)

    def _end(self, design: PushDesign, listing_id: int) -> Write:
        def carry_out() -> str:
            self._etsy.delete(listing_id)
            return str(listing_id)

        def trace(effect: Effect) -> str | None:
            return None if self._etsy.listing(listing_id) else str(listing_id)

        effect = self._effect(design, END, "delete", design.key, {"listing": listing_id})
        return Write(effect, f"delete {listing_id}", carry_out, trace)

    def _effect(
        self,
        design: PushDesign,
        part: str,
        operation: str,
        key: str,
        content: Mapping[str, object],
        parent: str | None = None,
    ) -> PlannedEffect:
        return PlannedEffect(
            item_id=design.item.id,
            key=key,
            change_id=design.change_id,
            operation=operation,
            content_hash=record_hash(content, sorted(content)),
            part=part,
            parent=parent,
            inverse={},
        )
