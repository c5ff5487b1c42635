"""Where on a picture a design is shown: a polygon, and how the design is fitted into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from common.shops.fault import Fault, none_of

Point = tuple[float, float]
"""x to the right and y down, in pixels of the picture; 0, 0 is its left upper corner."""

ALIGNMENTS: Final = ("left", "center", "right")
MOST_POINTS: Final = 200
"""Of one polygon: comparing every side with every other stays short."""
MOST_MASKS: Final = 20
"""Of one picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """One place for the design."""

    polygon: tuple[Point, ...]
    """At least three corners, in order around it."""
    is_cropped: bool = False
    """The design covers the whole polygon, and what stands out is cut off; else all of it is seen inside."""
    alignment: str = "center"
    """One of ALIGNMENTS: which side of the design stays when it is cut, or where it stands when it is not."""

    def faults(self, width: int, height: int) -> Iterator[Fault]:
        """Everything that is wrong with it on a picture of so many pixels."""
        yield from none_of("alignment", self.alignment, ALIGNMENTS)
        if not 3 <= len(self.polygon) <= MOST_POINTS:
            detail = f"A polygon has 3 to {MOST_POINTS} points, this one {len(self.polygon)}."
            yield Fault("polygon", "not_a_polygon", detail)
            return
        outside = [(x, y) for x, y in self.polygon if not (0 <= x <= width and 0 <= y <= height)]
        for x, y in outside:
            detail = (
                f"The point [{x:g}, {y:g}] lies outside the picture of {width} × {height} pixels; move it in."
            )
            yield Fault("polygon", "outside", detail)
        if is_crossing(self.polygon):
            detail = "Its sides cross or touch each other; name the corners in order around it, each once."
            yield Fault("polygon", "crossing", detail)
        elif not area(self.polygon):
            yield Fault("polygon", "no_area", "Its corners lie on one line; it shows nothing.")

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "polygon": [list(point) for point in self.polygon],
            "is_cropped": self.is_cropped,
            "alignment": self.alignment,
        }


def area(polygon: Sequence[Point]) -> float:
    """Square pixels, by the shoelace formula."""
    return abs(sum(_cross((0.0, 0.0), here, there) for here, there in _sides(polygon))) / 2


def is_crossing(polygon: Sequence[Point]) -> bool:
    """Whether two sides have a point in common, but for neighbours' common corner."""
    sides = _sides(polygon)
    return any(_meet(one, other) for one, other in combinations(sides, 2))


def _sides(polygon: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))


def _cross(origin: Point, here: Point, there: Point) -> float:
    """Above 0 when the way from origin to here turns one way to get to there, below 0 for the other."""
    return (here[0] - origin[0]) * (there[1] - origin[1]) - (here[1] - origin[1]) * (there[0] - origin[0])


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    if one[1] == other[0] or other[1] == one[0]:
        return _folds_back(one, other) if one[1] == other[0] else _folds_back(other, one)
    (a, b), (c, d) = one, other
    turns = _sign(_cross(a, b, c)), _sign(_cross(a, b, d)), _sign(_cross(c, d, a)), _sign(_cross(c, d, b))
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    touching = ((turns[0], a, b, c), (turns[1], a, b, d), (turns[2], c, d, a), (turns[3], c, d, b))
    return any(turn == 0 and _is_between(start, end, point) for turn, start, end, point in touching)


def _folds_back(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether the second side, which begins where the first ends, runs back over it (or is no side at all)."""
    (start, corner), (_, end) = first, second
    if corner in (start, end):
        return True
    back = (start[0] - corner[0]) * (end[0] - corner[0]) + (start[1] - corner[1]) * (end[1] - corner[1])
    return _cross(start, corner, end) == 0 and back > 0 and start != end


def _is_between(start: Point, end: Point, point: Point) -> bool:
    """Whether a point on the line through both lies between them."""
    return min(start[0], end[0]) <= point[0] <= max(start[0], end[0]) and min(start[1], end[1]) <= point[
        1
    ] <= max(start[1], end[1])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
