"""How names of customers, seasons and columns are compared."""

import re
import unicodedata
from functools import lru_cache

UNKNOWN = "UNKNOWN"
"""The canonical name of whoever has none."""

_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u2032\u02bc\u00b4\u0060\uff07]")
_REMEMBERED = 16_384


@lru_cache(_REMEMBERED)
def fold(name: str) -> str:
    """The form in which two spellings of one name are equal: upper case, NFC, one blank between words, plain apostrophes.

    Idempotent, and the same for NFD, any case and any white space. A suffix such as "(AU)" stays what it is.
    """
    # Unicode's caseless match is case folding between two normalisations; upper case alone would keep ẞ and ß apart.
    folded = unicodedata.normalize("NFD", name).casefold()
    upper = unicodedata.normalize("NFC", unicodedata.normalize("NFC", folded).upper())
    return " ".join(_APOSTROPHES.sub("'", upper).split())
