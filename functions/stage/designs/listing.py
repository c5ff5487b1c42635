"""What a draft listing of a design says: its template's fields, and a title of the file's name. Source: DOMAIN 3.6."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from functions.push.designs.draft import document_of
from functions.push.etsy.eras import when_made
from functions.push.etsy.listing import MOST_IMAGES, NewListing
from functions.push.etsy.tags import materials, tags
from functions.push.etsy.titles import title
from functions.stage.designs.plans import Plan
from functions.stage.designs.storing import StoredPicture

_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FIRST = 2  # words of the file's name that a title begins with


def document(plan: Plan, name: str, pictures: Sequence[StoredPicture], now: datetime) -> dict[str, Any]:
    """What is to stand at Etsy of a design. name: of its file in storage, which becomes the sku.

    Raises Refuse for texts that Etsy does not take.
    """
    assert plan.sold is not None, "only what is sold is listed"
    said = dict(plan.sold.template.listing_fields())
    said["description"] = plan.choices.description or said["description"]
    said["tags"], said["materials"] = tags(said["tags"]).value, materials(said["materials"]).value
    said["when_made"] = when_made(said["when_made"], now.year)
    listing = NewListing(title=title(_title(plan)).value, **said)
    return {
        "sku": sku_of(name),
        "listing": document_of(listing),
        "images": [_image(rank, each, listing.title) for rank, each in enumerate(_shown(pictures), 1)],
    }


def sku_of(name: str) -> str:
    """The name of a file without its ending, at most 32 letters: what Etsy takes as a sku."""
    return PurePosixPath(name).stem[-32:].strip()


def _title(plan: Plan) -> str:
    assert plan.sold is not None, "only what is sold is listed"
    stem = PurePosixPath(plan.design.filename).stem
    if plan.is_digital:
        return stem.replace("_", " ")
    words = _WORDS.findall(stem.replace("_", " "))[:_FIRST]
    return " ".join([*words, plan.sold.template.template_title])


def _shown(pictures: Sequence[StoredPicture]) -> list[StoredPicture]:
    """Mockups, in their order; as many as a listing has."""
    return [each for each in pictures if each.kind == "mockup"][:MOST_IMAGES]


def _image(rank: int, picture: StoredPicture, alt_text: str) -> Mapping[str, Any]:
    return {
        "rank": rank,
        "object": picture.name,
        "generation": picture.generation,
        "name": PurePosixPath(picture.name).name,
        "media_type": picture.media_type,
        "alt_text": alt_text,
    }
