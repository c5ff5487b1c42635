"""What became of a text on its way into Etsy's form, and why."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Normalised(Generic[Value]):
    """A value that Etsy accepts. notes: what was changed, for the person who wrote it; none for nothing."""

    value: Value
    notes: tuple[str, ...] = ()


def in_form(text: str) -> str:
    """Composed (NFC), because Etsy's letters do not include combining marks; any run of blanks and line ends is one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def only(text: str, is_allowed: Callable[[str], bool], where: str) -> Normalised[str]:
    """The text with blanks in place of the characters that are not allowed."""
    refused = "".join(sorted({letter for letter in text if not is_allowed(letter)}))
    if not refused:
        return Normalised(text)
    kept = "".join(letter if is_allowed(letter) else " " for letter in text)
    named = ", ".join(f"{letter!r}" for letter in refused)
    return Normalised(" ".join(kept.split()), (f"{where}: Etsy does not allow {named}; left out",))


def category(letter: str) -> str:
    """The general category of Unicode, e.g. "Lu"."""
    return unicodedata.category(letter)
