"""Whether two designs are one: exactly, nearly, or not as far as can be told."""

from typing import Literal

from functions.hash.designs.fingerprint import Fingerprint
from functions.hash.designs.presets import Preset

Match = Literal["exact", "near"]


def match(one: Fingerprint, other: Fingerprint, preset: Preset) -> Match | None:
    """How two designs match; None when they do not, or when their hashes do not say.

    Hashes say nothing of a flat design, and nothing across versions of the representation.
    """
    if one.content_hash == other.content_hash:
        return "exact"
    if one.is_flat or other.is_flat or one.version != other.version:
        return None
    return "near" if preset.matches(one.hashes, other.hashes) else None
