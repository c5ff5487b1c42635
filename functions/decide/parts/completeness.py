"""How complete a parts record is, in whole percent, so that a record at a threshold is exactly at it."""

import math
from collections.abc import Mapping, Sized
from decimal import Decimal
from types import MappingProxyType
from typing import Any

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "part_number": 30,
        "manufacturer": 20,
        "category_path": 10,
        "description": 10,
        "specs": 15,
        "docs": 10,
        "images": 5,
    }
)
"""Percent each field of a normalised record is worth. Part number and maker alone make 50: medium."""


def completeness(record: Mapping[str, Any]) -> int:
    """Percent of a normalised parts record that is there, 0 to 100."""
    return sum(weight for field, weight in WEIGHTS.items() if is_present(record.get(field)))


def is_present(value: object) -> bool:
    """Whether a value says something: a non-blank text, a non-empty list or dict, a number that is not zero.

    None and NaN are absent; so is False, which is the number zero.
    """
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, Decimal):
        return not value.is_nan() and value != 0
    if isinstance(value, int):
        return value != 0
    return len(value) > 0 if isinstance(value, Sized) else True
