"""Figures that look plausible and are not real, the same on every machine and at every run."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


def draw(key: str, label: str, below: int) -> int:
    """A whole number from 0 to `below` - 1, fixed for this key and label."""
    digest = hashlib.sha256(f"{label}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def choose(key: str, label: str, among: Sequence[Choice]) -> Choice:
    """One of several, fixed for this key and label."""
    return among[draw(key, label, len(among))]
