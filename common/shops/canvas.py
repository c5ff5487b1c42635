"""What a design is printed on, and the sizes in which it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from common.settings.designs import RenderSettings
from common.shops.fault import Fault, none_of, out_of_range

DPIS: Final = (150, 200, 300, 400, 500, 600)
"""Dots an inch that a canvas may have."""
SMALLEST_INCHES: Final = Decimal("0.1")
LARGEST_INCHES: Final = Decimal(60)
_PIXEL_BYTES: Final = 4
_SPACING: Final = Decimal("0.125")


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeConfig:
    """A size of a design, such as Adult or Pocket."""

    name: str
    width: Decimal
    """Inches."""
    height: Decimal
    """Inches."""
    is_active: bool = True
    id: int = field(default=0, compare=False)
    """0 for one that is not stored."""

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it alone."""
        yield from _inches("width", self.width)
        yield from _inches("height", self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasConfig:
    """A canvas, such as the one for decals."""

    name: str
    width: Decimal
    """Inches."""
    height: Decimal
    """Inches."""
    dpi: int = 300
    """Dots an inch; one of DPIS."""
    is_stretch: bool = False
    """Designs are stretched to their size exactly, whatever the family of the template says."""
    spacing: Decimal = _SPACING
    """Inches between two prints on one sheet; for whoever lays out sheets, a single design does not use it."""
    is_active: bool = True
    sizes: tuple[SizeConfig, ...] = ()
    id: int = field(default=0, compare=False)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it, its sizes apart. One that takes too much memory is only warned of."""
        unfit = [*_inches("width", self.width), *_inches("height", self.height)]
        unfit += none_of("dpi", self.dpi, DPIS)
        yield from unfit
        yield from out_of_range("spacing", self.spacing, 0, 10, "inches")
        if not unfit:
            yield from self._memory_faults()

    def _memory_faults(self) -> Iterator[Fault]:
        mebibytes = int(self.width * self.height * self.dpi**2) * _PIXEL_BYTES >> 20
        allowed = RenderSettings.design_render_mib.default
        if mebibytes > allowed:
            detail = (
                f"At {self.dpi} dots an inch it takes {mebibytes} MiB, and design_render_mib allows {allowed}; "
                "lower one or raise the other, else no design is rendered on it."
            )
            yield Fault("dpi", "too_large", detail, is_error=False)


def _inches(name: str, value: Decimal) -> Iterator[Fault]:
    return out_of_range(name, value, SMALLEST_INCHES, LARGEST_INCHES, "inches")
