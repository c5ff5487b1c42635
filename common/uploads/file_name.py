"""The name of an uploaded file: kept to be shown, never to be a path."""

import unicodedata

LONGEST = 200
"""Characters that are kept."""
NAMELESS = "file"


def shown_name(given: str) -> str:
    """The last part of a name as somebody's machine has it, without what could be a path or a command to a terminal.

    Both kinds of slashes part folders, whatever the machine; letters that are not seen are left out.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    return _shortened(seen) or NAMELESS


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
