"""A fingerprint as an item carries it from step to step."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from functions.hash.designs.fingerprint import Fingerprint
from functions.hash.designs.hashes import Hashes, written
from functions.hash.designs.near_duplicates import HashedDesign

_NAMES = (("phash", 16), ("dhash", 16), ("phash_small", 8), ("dhash_small", 8))


def document(fingerprint: Fingerprint) -> dict[str, Any]:
    """What is known of the picture; hashes are written as imagehash writes them."""
    return {
        "version": fingerprint.version,
        "hashes": _texts(fingerprint.hashes),
        "variants": {name: _texts(hashes) for name, hashes in fingerprint.variants.items()},
        "is_flat": fingerprint.is_flat,
        "kind": fingerprint.kind,
        "width": fingerprint.width,
        "height": fingerprint.height,
        "has_alpha": fingerprint.has_alpha,
        "notes": list(fingerprint.notes),
    }


def hashed_design(design: UUID, content_hash: str, told: Mapping[str, Any]) -> HashedDesign:
    """What the index is asked with, from such a document."""
    return HashedDesign(
        design=design,
        content_hash=content_hash,
        hashes=_hashes(told["hashes"]),
        is_flat=told["is_flat"],
        variants={name: _hashes(texts) for name, texts in told["variants"].items()},
    )


def _texts(hashes: Hashes) -> dict[str, str]:
    return {name: written(getattr(hashes, name), size) for name, size in _NAMES}  # type: ignore[arg-type]


def _hashes(texts: Mapping[str, str]) -> Hashes:
    return Hashes(**{name: int(text, 16) for name, text in texts.items()})
