"""The writes that bring one design to a shop, in their order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.canonical import record_hash
from common.effects import PlannedEffect
from common.errors import Conflict
from common.objects.store import ObjectStore
from functions.push.designs.draft import listing_of, mark_for, product_of
from functions.push.designs.held import DRAFT, END, IMAGE, INVENTORY, part_of
from functions.push.designs.work import PushDesign
from functions.push.etsy.client import Etsy
from functions.push.etsy.listing import NewImage


def _nothing() -> bytes:
    return b""


@dataclass(frozen=True)
class Write:
    """One request.

    carry_out: makes it with the content, and answers the id of what it made; content: what it takes that lies elsewhere, read
    before anything is said of the request, because reading may take long.
    """

    effect: PlannedEffect
    body: str
    carry_out: Callable[[bytes], str]
    content: Callable[[], bytes] = _nothing


class Writes:
    """Makes the writes of designs for one shop."""

    def __init__(self, etsy: Etsy, objects: ObjectStore, tenant: str) -> None:
        self._etsy = etsy
        self._objects = objects
        self._tenant = tenant

    def draft(self, design: PushDesign, number: int) -> Write:
        """The creation of the draft. number: of the round."""
        mark = mark_for(self._tenant, design.key, design.change_id, number)
        listing = listing_of(design.after["listing"], mark)

        def carry_out(_: bytes) -> str:
            return str(self._etsy.create_draft(listing).id)

        effect = _effect(design, part_of(DRAFT, number), "create", design.key, design.content_hash)
        return Write(effect, f"draft {mark}", carry_out)

    def inside(self, design: PushDesign, number: int, listing_id: int) -> Sequence[Write]:
        """What goes into the draft: its images in their order, then its inventory."""
        images = [self._image(design, number, listing_id, image) for image in design.after["images"]]
        return [*images, self._inventory(design, number, listing_id)]

    def end(self, design: PushDesign, listing_id: int) -> Write:
        """The end of a draft."""

        def carry_out(_: bytes) -> str:
            self._etsy.delete(listing_id)
            return str(listing_id)

        content_hash = _hash({"listing": listing_id})
        effect = _effect(design, f"{END} {listing_id}", "delete", design.key, content_hash)
        return Write(effect, f"delete {listing_id}", carry_out)

    def _image(self, design: PushDesign, number: int, listing_id: int, image: Mapping[str, Any]) -> Write:
        rank = int(image["rank"])

        def carry_out(content: bytes) -> str:
            new = NewImage(content, image["name"], rank, image["alt_text"], media_type=image["media_type"])
            return self._uploaded(listing_id, new)

        part, key = part_of(f"{IMAGE} {rank}", number), design.image_key(rank)
        effect = _effect(design, part, "create", key, _hash(image), parent=design.key)
        body = f"image {rank} {image['object']}"
        return Write(effect, body, carry_out, lambda: self._objects.get(image["object"]))

    def _uploaded(self, listing_id: int, image: NewImage) -> str:
        """The id of an image. Where somebody has taken some of those before it away, it goes behind those that are left."""
        try:
            return str(self._etsy.upload_image(listing_id, image).id)
        except Conflict as error:
            behind = len(self._etsy.images(listing_id)) + 1
            if error.reason != "etsy_image_order" or behind >= image.rank:
                raise
            moved = NewImage(image.content, image.name, behind, image.alt_text, media_type=image.media_type)
            return str(self._etsy.upload_image(listing_id, moved).id)

    def _inventory(self, design: PushDesign, number: int, listing_id: int) -> Write:
        sku = design.after["sku"]
        product = product_of(design.after["listing"], sku)

        def carry_out(_: bytes) -> str:
            self._etsy.put_inventory(listing_id, [product])
            return str(listing_id)

        part = part_of(INVENTORY, number)
        return Write(
            _effect(design, part, "update", design.key, _hash({"sku": sku})), f"inventory {sku}", carry_out
        )


def _hash(content: Mapping[str, object]) -> str:
    return record_hash(content, sorted(content))


def _effect(
    design: PushDesign, part: str, operation: str, key: str, content_hash: str, parent: str | None = None
) -> PlannedEffect:
    return PlannedEffect(
        item_id=design.item.id,
        key=key,
        change_id=design.change_id,
        operation=operation,
        content_hash=content_hash,
        part=part,
        parent=parent,
        inverse={},
    )
