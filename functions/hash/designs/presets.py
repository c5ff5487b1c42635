"""When two designs are near copies: a size of hash, a rule, and how many bits may differ. By name.

`shelfline calibrate FOLDER` measures all of them on pictures of one's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Self

from common.errors import Misconfigured
from common.settings.designs import FROM_PRESET, DesignSettings
from functions.hash.designs.hashes import Hashes, Size, distance
from functions.hash.designs.near_duplicates import Comparison, Rule

RULES: dict[Rule, Callable[[int, int], int]] = {
    "phash": lambda phash, dhash: phash,
    "dhash": lambda phash, dhash: dhash,
    "phash or dhash": min,
    "phash and dhash": max,
}
"""What each rule makes of the distances of both hashes: the one distance that a threshold is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A way to compare two designs."""

    name: str
    size: Size
    """16: hashes of 256 bits; 8: of 64."""
    rule: Rule
    """One of RULES."""
    within: int
    """So many bits may differ."""
    about: str = ""

    @property
    def bits(self) -> Literal[256, 64]:
        """Bits of a hash."""
        return 256 if self.size == 16 else 64

    @property
    def uses(self) -> tuple[str, ...]:
        """The hashes that it looks at: phash, dhash or both."""
        return tuple(name for name in ("phash", "dhash") if name in self.rule)

    def distance(self, one: Hashes, other: Hashes) -> int:
        """In bits, by the rule."""
        pairs = zip(one.of_size(self.size), other.of_size(self.size), strict=True)
        return RULES[self.rule](*(distance(*pair) for pair in pairs))

    def matches(self, one: Hashes, other: Hashes) -> bool:
        """Whether two designs are near copies. Of flat designs nothing is known by this."""
        return self.distance(one, other) <= self.within

    def at(self, within: int) -> Self:
        """The same with another threshold.

        Raises Misconfigured when so many bits would take half of all pictures for copies.
        """
        if not 0 <= within < self.bits // 2:
            raise Misconfigured(
                f"duplicate_hamming_threshold is {within}; hashes of preset {self.name} have {self.bits} bits, of "
                f"which half differ between any two pictures: choose one from 0 to {self.bits // 2 - 1}.",
                reason="bad_threshold",
            )
        return replace(self, within=within)


_ALL = (
    Preset(
        name="standard",
        size=16,
        rule="phash or dhash",
        within=20,
        about="What calibration proves: resized, re-encoded and lightly watermarked copies, no unrelated design.",
    ),
    Preset(
        name="strict",
        size=16,
        rule="phash and dhash",
        within=28,
        about="Both hashes have to agree: fewer to look at, more missed.",
    ),
    Preset(name="seed", size=16, rule="phash", within=5, about="pHash of 256 bits, at most 5 of them."),
    Preset(
        name="small",
        size=8,
        rule="phash or dhash",
        within=2,
        about="Hashes of 64 bits, for libraries that have been hashed so before.",
    ),
)
PRESETS = {preset.name: preset for preset in _ALL}


def chosen(settings: DesignSettings) -> Preset:
    """The preset that the settings name, with their threshold if they have one. Raises Misconfigured."""
    preset = PRESETS[settings.design_duplicate_preset]
    threshold = settings.duplicate_hamming_threshold
    return preset if threshold == FROM_PRESET else preset.at(threshold)


def comparison_of(preset: Preset) -> Comparison:
    """The preset as the index is asked with it."""
    return Comparison(
        rule=preset.rule, bits=preset.bits, phash_within=preset.within, dhash_within=preset.within
    )
