"""How large a picture may be: to be read at all, and to be rendered."""

from dataclasses import dataclass
from typing import Self

from common.settings.designs import DesignSettings
from functions.hash.designs.refusal import TOO_LARGE_SIDE, TOO_SMALL, ImageRefused

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """The defaults are those of `DesignSettings`."""

    megapixels: float = 100
    """Pixels of a picture, in millions."""
    decode_mib: int = 264
    """What decoding one picture may take in memory, and all at once in one process, in MiB: of the 512 of an instance,
    a step with its libraries has 130, downloads 52, what is rendered 56."""
    smallest_side: int = 10
    """Pixels of the shorter side of what is rendered."""
    largest_side: int = 10_000
    """Pixels of the longer side of what is rendered."""

    @classmethod
    def of(cls, settings: DesignSettings) -> Self:
        """As the settings say."""
        return cls(
            megapixels=settings.design_max_megapixels,
            decode_mib=settings.design_decode_mib,
            smallest_side=settings.design_smallest_side,
            largest_side=settings.design_largest_side,
        )

    @property
    def pixels(self) -> int:
        """Pixels of a picture."""
        return int(self.megapixels * 1_000_000)

    @property
    def decode_bytes(self) -> int:
        """Bytes that decoding may take."""
        return self.decode_mib * _MIB


def check_renderable(width: int, height: int, limits: ImageLimits) -> None:
    """Raise ImageRefused (too_small, too_large_side) when a picture of so many pixels is not to be rendered."""
    if min(width, height) < limits.smallest_side:
        raise ImageRefused(
            f"{width} × {height} pixels: a side of less than {limits.smallest_side} cannot be printed; "
            "upload a larger picture.",
            reason=TOO_SMALL,
        )
    if max(width, height) > limits.largest_side:
        raise ImageRefused(
            f"{width} × {height} pixels: a side of more than {limits.largest_side} is not rendered; "
            "scale the picture down, or raise design_largest_side.",
            reason=TOO_LARGE_SIDE,
        )
