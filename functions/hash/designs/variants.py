"""A design seen in a mirror, or turned by quarters: by default another design, on request the same."""

from typing import TYPE_CHECKING

from functions.hash.designs.hashes import Hashes, hashes_of

if TYPE_CHECKING:
    from PIL import Image

VARIANTS = {
    "mirrored": 0,
    "upside_down_mirrored": 1,
    "turned_left": 2,
    "turned_round": 3,
    "turned_right": 4,
    "transposed": 5,
    "transversed": 6,
}
"""The seven other ways to lay a picture, and the method of PIL.Image.transpose that makes each."""


def variant_hashes(representation: "Image.Image") -> dict[str, Hashes]:
    """The hashes of each variant of a representation: ask for those of a new design among the stored ones."""
    from PIL import Image

    return {
        name: hashes_of(representation.transpose(Image.Transpose(method)))
        for name, method in VARIANTS.items()
    }
