"""Text that any terminal can take: no control characters from data, nothing its encoding does not have."""

import codecs
import io
import re
import unicodedata
from typing import TextIO

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SPELLED = str.maketrans(
    {
        "…": "...",
        "–": "-",
        "—": "-",
        "→": "->",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "·": "-",
        "×": "x",
        "•": "*",
    }
)
_HANDLER = "shelfline"


def plain(value: object) -> str:
    """A value as text without control characters: data must not move the cursor or turn the text around."""
    text = "" if value is None else str(value)
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text.replace("\t", " "))


def make_safe(stream: TextIO) -> None:
    """Let a stream spell out what its encoding cannot say, instead of failing over it."""
    codecs.register_error(_HANDLER, _spell_out)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_HANDLER)


def _spell_out(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_spelled(character) for character in missing), error.end


def _spelled(character: str) -> str:
    """The nearest ASCII there is; an escape for what has none, so that nothing is lost."""
    simple = unicodedata.normalize("NFKD", character.translate(_SPELLED))
    ascii_only = simple.encode("ascii", "ignore").decode()
    return ascii_only or character.encode("ascii", "backslashreplace").decode()
