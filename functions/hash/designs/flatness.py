"""Pictures that say too little to be told apart by a hash: flat colours, a dot on an empty field, a soft gradient.

Such pictures all hash alike, or as noise. Two measures of the luminance as dHash sees it, 17 × 16 points, tell them:
how much it varies (standard deviation, in grey levels of 256), and which share of the differences between neighbours is
so small (at most one level) that re-encoding may turn its bit. A design is flat when it varies less than
`design_flat_deviation`, or when more than `design_flat_weak_share` of its bits hang on so little.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from common.settings.designs import DesignSettings

if TYPE_CHECKING:
    from functions.hash.designs.hashes import Points

_WEAK = 1  # grey level


@dataclass(frozen=True, slots=True)
class Flatness:
    """How little a picture says."""

    deviation: float
    """Standard deviation of its luminance, in grey levels."""
    weak_share: float
    """The share of bits that hang on no more than one grey level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatnessLimits:
    """The defaults are those of `DesignSettings`."""

    deviation: float = 4.0
    weak_share: float = 0.95

    @classmethod
    def of(cls, settings: DesignSettings) -> Self:
        """As the settings say."""
        return cls(deviation=settings.design_flat_deviation, weak_share=settings.design_flat_weak_share)

    def is_flat(self, measured: Flatness) -> bool:
        """Whether a picture must not be matched by its hashes alone."""
        return measured.deviation < self.deviation or measured.weak_share > self.weak_share


def flatness_of(points: "Points") -> Flatness:
    """The measures of a representation, from `hashes.points_of` it."""
    import numpy as np

    steps = np.abs(points[:, 1:] - points[:, :-1])
    return Flatness(float(points.std()), float((steps <= _WEAK).mean()))
