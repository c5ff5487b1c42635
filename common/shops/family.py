"""Families of product templates: what becomes of a design before it is printed on one of them.

Described in docs/shops.md. A template names its family; nothing is guessed from the template's own name.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How a design gets its size. Everything but `stretch` keeps its proportions."""

    LARGEST_SIDE = "largest_side"
    """Its longer side becomes as long as the longer side of the size."""
    FIT_INSIDE = "fit_inside"
    """As large as it can be inside the size."""
    WIDTH_ONLY = "width_only"
    """As wide as the size; its height follows."""
    STRETCH = "stretch"
    """Exactly the size."""


@dataclass(frozen=True, slots=True)
class Family:
    """How designs of one family of templates are laid out."""

    name: str
    mode: Mode
    has_canvas: bool = False
    """The design is centred on a transparent canvas."""
    turns_when_wide: bool = False
    """A design that is wider than high is turned by 90° first."""


DEFAULT_FAMILY: Final = "wrap"
"""What has no rule of its own: stretched to the size exactly."""

FAMILIES: Final = {
    family.name: family
    for family in (
        Family(DEFAULT_FAMILY, Mode.STRETCH),
        Family("dtf", Mode.LARGEST_SIDE),
        Family("sublimation", Mode.LARGEST_SIDE),
        Family("decal", Mode.LARGEST_SIDE, has_canvas=True),
        Family("lid", Mode.LARGEST_SIDE, has_canvas=True),
        Family("mk", Mode.FIT_INSIDE, has_canvas=True),
        Family("new_mk", Mode.FIT_INSIDE, has_canvas=True, turns_when_wide=True),
        Family("bookmark", Mode.FIT_INSIDE, has_canvas=True),
        Family("shot", Mode.FIT_INSIDE, has_canvas=True),
        Family("40oz_top", Mode.WIDTH_ONLY),
        Family("40oz_bottom", Mode.WIDTH_ONLY),
        Family("custom_2x2", Mode.STRETCH, has_canvas=True),
        Family("ornament", Mode.STRETCH, has_canvas=True),
        Family("logo", Mode.STRETCH, has_canvas=True),
    )
}
"""By name."""
