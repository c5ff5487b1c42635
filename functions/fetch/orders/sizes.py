"""The sizes this project knows, letter for letter: no size is ever inferred from another (XL is not L).

The vocabulary is a list, built by rule where it is regular. A header counts as a size when it is in the list in
any case, or is the spelling BigQuery allows for exactly one entry (`_30_30` for 30/30, `M_8_10_` for M(8-10)).
A spelling that could be two entries (`_0_2`: 0/2 or 0-2) is none.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

_LETTERS = (
    "XXXS", "3XS", "XXS", "2XS", "XS", "S", "M", "L", "XL",
    "XXL", "2XL", "XXXL", "3XL", "XXXXL", "4XL", "5XL", "6XL",
)  # fmt: skip
_NEIGHBOURS = ("XXS/XS", "XS/S", "S/M", "M/L", "L/XL", "XL/XXL", "XL/2XL", "2XL/3XL", "3XL/4XL")
_WITHOUT_SIZE = ("OS", "O/S", "ONE SIZE", "OSFA", "OSFM")
_MONTHS = (
    "0-3M", "3-6M", "6-9M", "9-12M", "12-18M", "18-24M", "0-6M", "6-12M", "12-24M",
    "0M", "3M", "6M", "9M", "12M", "18M", "24M",
)  # fmt: skip
_CUPS = ("AA", "A", "B", "C", "D", "DD", "DDD", "E", "F", "FF", "G", "GG", "H", "HH", "I", "J", "K")
_NUMBERS = range(61)
_WAISTS = range(21, 61)
_INSEAMS = range(24, 41)
_NARROWEST_BAND, _WIDEST_BAND = 28, 56


def size_of(header: str) -> str | None:
    """The size a header names, in the spelling of the vocabulary, or None."""
    written = unicodedata.normalize("NFKC", header).strip().upper()
    return written if written in _places() else _legal_spellings().get(written)


def size_order(size: str) -> tuple[int, str]:
    """Sorts sizes as a rail in a shop does: S, M, L, XL; those nobody knows come last, by their text."""
    places = _places()
    return places.get(size, len(places)), size


def legal_spelling(size: str) -> str:
    """What BigQuery allows of a size as a column's name: letters, digits and _, no digit in front."""
    spelled = re.sub(r"[^A-Z0-9_]", "_", size)
    return f"_{spelled}" if spelled[0].isdigit() else spelled


@cache
def _places() -> Mapping[str, int]:
    return {size: place for place, size in enumerate(dict.fromkeys(_vocabulary()))}


@cache
def _legal_spellings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    ambiguous = set()
    for size in _places():
        if found.setdefault(legal_spelling(size), size) != size:
            ambiguous.add(legal_spelling(size))
    return {spelled: size for spelled, size in found.items() if spelled not in ambiguous}


def _vocabulary() -> Iterator[str]:
    yield from _WITHOUT_SIZE
    yield from ("PREMIE", "NB", "NEWBORN")
    yield from _MONTHS
    yield from (f"{year}T" for year in range(1, 7))
    yield from _letters()
    yield from (f"{plus}X" for plus in range(7))
    yield from (f"{plus}X/{plus}XL" for plus in range(1, 7))
    yield from _numbers()
    yield from _trousers()
    yield from (f"{band}{cup}" for band in range(_NARROWEST_BAND, _WIDEST_BAND + 1, 2) for cup in _CUPS)


def _letters() -> Iterator[str]:
    """S, S/M, and with the numbers it stands for: M(8-10), XS(0), M (8-10)."""
    yield from _LETTERS
    yield from _NEIGHBOURS
    numbers = [f"({one})" for one in range(31)]
    numbers += [f"({one}-{one + step})" for one in range(31) for step in range(1, 5)]
    yield from (f"{letters}{gap}{inner}" for letters, gap, inner in product(_LETTERS, ("", " "), numbers))


def _numbers() -> Iterator[str]:
    """0 to 60 with lengths and plus sizes (8P, 10R, 14W), children's years (4Y), and pairs (0/2, 7-8, 7-8Y)."""
    yield "00"
    yield from map(str, _NUMBERS)
    yield from (f"{number}{length}" for number in _NUMBERS for length in "SRLPTWY")
    pairs = [(one, one + step) for one in range(20) for step in (1, 2)]
    yield from (f"{one}{sign}{other}" for sign in "/-" for one, other in pairs)
    yield from (f"{one}-{other}Y" for one, other in pairs)


def _trousers() -> Iterator[str]:
    """Waist and inseam, 30/30 or 30X30, and waist, inseam and length, 28-30L."""
    for waist, inseam in product(_WAISTS, _INSEAMS):
        yield f"{waist}/{inseam}"
        yield f"{waist}X{inseam}"
        yield from (f"{waist}-{inseam}{length}" for length in "SRL")
