"""Single values of an order: what a source wrote, read as the kind its column holds.

A reader takes the text of a cell and gives a canonical value, None for an absent one; it raises `BadValue` for
what cannot be meant. Blanks and the words NULL, NONE, NAN, NAT and <NA>, in any case, are absent; NA and N/A are
text, as they may be meant.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from common.boundary import clean_text, number_text
from common.problems import BadValue
from functions.fetch.orders.columns import Kind

Value = str | int | None
"""Text; money and rates as decimal text ("14.5"), dates as ISO text, whole numbers as int; None: absent."""

Reader = Callable[[str | None], Value]

LONGEST_TEXT = 4000
"""Characters; more is refused, not cut."""
LARGEST_QUANTITY = 1_000_000_000

ABSENT = frozenset({"NULL", "NONE", "NAN", "NAT", "<NA>"})
"""Words that mean nothing, in any case."""
_LONGEST_ABSENT = 4
_AMOUNT = re.compile(
    r"""(?P<sign>[-+]?)\s*(?:(?:US)?\$|USD)?\s*(?P<inner>[-+]?)
        (?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{0,20})?|\.[0-9]{1,20})
        (?P<exponent>E[-+]?[0-9]{1,2})?\s*(?:USD)?""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_NUMBER = 40
_FURTHEST_DIGIT = 18
"""Places before or after the point; beyond is no amount of anything ordered."""
_LONGEST_DATE = 40
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9]{1,2}:[0-9]{2}.*)?")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: [0-9]{1,2}:[0-9]{2}.*)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_YES = frozenset({"Y", "YES", "T", "TRUE", "1"})
_NO = frozenset({"N", "NO", "F", "FALSE", "0"})


def plain(raw: str | None) -> str | None:
    """Text of any length in NFC, without blanks around it, NUL and lone surrogates; None when nothing is left."""
    if not raw:
        return None
    if raw.isascii() and raw.isprintable():  # no NUL, nothing to compose
        written = raw.strip()
    else:
        written = unicodedata.normalize("NFC", clean_text(raw)).strip()
    if len(written) <= _LONGEST_ABSENT and written.upper() in ABSENT:
        return None
    return written or None


def text(raw: str | None) -> str | None:
    """As `plain`, of at most 4,000 characters."""
    written = plain(raw)
    if written is not None and len(written) > LONGEST_TEXT:
        raise BadValue("too_long", f"At most {LONGEST_TEXT:,} characters are kept; shorten it at the source.")
    return written


def money(raw: str | None) -> str | None:
    """An amount of dollars as decimal text: "$1,234.50" is "1234.5". A $ alone is absent; other currencies are refused."""
    written = plain(raw)
    return None if written is None or written == "$" else _number(written)


def rate(raw: str | None) -> str | None:
    """A rate as decimal text. A % is left out and nothing is scaled: 5% is "5"; % alone is absent.

    TRUE is "0": a box that was ticked where a figure was meant.
    """
    written = plain(raw)
    if written is None or written == "%":
        return None
    if written.upper() == "TRUE":
        return "0"
    return _number(written.removesuffix("%").rstrip())


def whole(raw: str | None) -> int | None:
    """A whole number from 0 to a billion, also written as 66.0 or 1,234."""
    written = plain(raw)
    if written is None:
        return None
    if "$" in written or "USD" in written.upper():
        raise BadValue("not_a_number", "A quantity is expected here, not an amount of money.")
    number = _number(written)
    if number.startswith("-"):
        raise BadValue("negative", "A quantity is 0 or more.")
    if "." in number:
        raise BadValue("not_whole", "A quantity is a whole number of pieces.")
    if int(number) > LARGEST_QUANTITY:
        raise BadValue("out_of_range", f"A quantity is at most {LARGEST_QUANTITY:,}.")
    return int(number)


def quantity(raw: str | None) -> int | None:
    """The pieces ordered in a size; 0 and blank are both None, as neither makes a line."""
    return whole(raw) or None


def day(raw: str | None) -> str | None:
    """A date as ISO text, from 2026-03-01 or 3/1/2026 (month first), with or without a time."""
    written = plain(raw)
    if written is None:
        return None
    parsed = _parsed_day(written) if len(written) <= _LONGEST_DATE else None
    if parsed is None:
        raise BadValue("not_a_date", "Write dates as 2026-03-01 or 3/1/2026 (month first).")
    return parsed


def flag(raw: str | None) -> str | None:
    """Y or N, also from yes, no, true, false, 1 and 0; another word stays as it is."""
    written = text(raw)
    word = (written or "").upper()
    return "Y" if word in _YES else "N" if word in _NO else written


READERS: Mapping[Kind, Reader] = {
    Kind.TEXT: text,
    Kind.MONEY: money,
    Kind.RATE: rate,
    Kind.WHOLE: whole,
    Kind.DATE: day,
    Kind.FLAG: flag,
    Kind.QUANTITY: quantity,
}
"""Kind → its reader."""


def _never_failing(reader: Reader) -> Reader:
    def read(raw: str | None) -> Value:
        try:
            return reader(raw)
        except BadValue:
            return plain(raw)

    return read


COMPARABLE: Mapping[Kind, Reader] = {
    kind: plain if reader is text else _never_failing(reader) for kind, reader in READERS.items()
}
"""Kind → its reader for comparing, which never fails: what cannot be read is its plain text."""


def _number(written: str) -> str:
    number = _parsed_number(written) if len(written) <= _LONGEST_NUMBER else None
    if number is None:
        raise BadValue("not_a_number", "A number is expected here, like 12, 14.50 or 1,234.50.")
    return number


@lru_cache(maxsize=1 << 13)
def _parsed_number(written: str) -> str | None:
    """The number as decimal text, or None; remembered, as a table has few prices and many rows."""
    found = _AMOUNT.fullmatch(written)
    if found is None or (found["sign"] and found["inner"]):
        return None
    digits = found["digits"].replace(",", "")
    number = Decimal(f"{found['sign'] or found['inner']}{digits}{found['exponent'] or ''}")
    if not number:
        return "0"  # no minus on nothing
    return number_text(number) if abs(number.adjusted()) <= _FURTHEST_DIGIT else None


@lru_cache(maxsize=1 << 13)
def _parsed_day(written: str) -> str | None:
    if found := _ISO.fullmatch(written):
        year, month, day_of_month = found.groups()
    elif found := _AMERICAN.fullmatch(written):
        month, day_of_month, year = found.groups()
    else:
        return None
    try:
        parsed = date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None
    return parsed.isoformat() if _FIRST_YEAR <= parsed.year <= _LAST_YEAR else None
