"""The natural key of a part: who makes it, and the maker's number for it.

The same part number occurs under several makers, so it is never a key alone. A maker that is missing has a
marker of its own, which no maker's name can spell: two parts of unknown makers with one number are one item,
but never the item of a known maker.
"""

import unicodedata

UNKNOWN_MAKER = "~unknown"
"""Stands in a key for a maker that is missing; `~` in a name is written `~0`."""

_SEPARATOR = "|"


def natural_key(manufacturer: str | None, part_number: str) -> str:
    """`maker|part number`, both folded: one key for all spellings that mean the same part.

    Raises ValueError when nothing is left of the part number.
    """
    number = folded(part_number)
    if not number:
        raise ValueError("A part without a part number has no key.")
    maker = folded(manufacturer or "")
    return f"{_escaped(maker) if maker else UNKNOWN_MAKER}{_SEPARATOR}{_escaped(number)}"


def folded(text: str) -> str:
    """`text` as it is compared: NFKC, case folded, single spaces inside, no invisible format characters."""
    folded_once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(each for each in folded_once if unicodedata.category(each) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace(_SEPARATOR, "~1")
