"""Single fields of a parts row: each function takes what a source wrote and gives a plain value, or None.

They raise `BadValue` for what cannot be meant.
"""

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from common.boundary import as_iso, number_text
from common.errors import Refuse
from common.problems import BadValue

LIFECYCLE_STATUSES = (
    "Active",
    "Obsolete",
    "Unknown",
    "Volume Production",
    "Not Recommended for New Design",
    "Contact Manufacturer",
)

_ABSENT_WORDS = frozenset({"", "nat", "nan", "null", "none", "n/a", "na", "<na>"})
_TRUE = frozenset({"true", "t", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "f", "0", "no", "n", "off"})
_CATEGORY_DELIMITERS = re.compile(r"\||->|(?:^|(?<=\s))>(?=\s|$)|[\r\n]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_SAFE_SCHEMES = frozenset({"http", "https", "ftp"})
_LONGEST_NAME = 255
_DEEPEST_CATEGORY = 20
"""Levels; every level is a row of its own with the whole path to it, so depth costs its square."""


def text(raw: Any) -> str | None:
    """Text in NFC without blanks around it; a number as its digits; None when nothing is left."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise BadValue("not_text", "One text is expected here, not a list, a record or true/false.")
    written = raw if isinstance(raw, str) else number_text(raw)
    return unicodedata.normalize("NFC", written).strip() or None


def name(raw: Any) -> str | None:
    """A part number or a maker's name: text with single spaces inside, at most 255 characters."""
    written = text(raw)
    if written is None:
        return None
    spaced = " ".join(written.split())
    if len(spaced) > _LONGEST_NAME:
        raise BadValue("too_long", f"At most {_LONGEST_NAME} characters are kept as a name.")
    return spaced or None


def number(raw: Any) -> float | None:
    """A number, also when it is written as text; None when it is absent."""
    if raw is None or (isinstance(raw, str) and raw.strip().casefold() in _ABSENT_WORDS):
        return None
    try:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
            raise InvalidOperation
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        raise BadValue("not_a_number", "A number is expected here.") from None
    if value.is_nan():
        return None
    if not math.isfinite(float(value)):
        raise BadValue("out_of_range", "A finite number is expected here.")
    return float(value)


def flag(raw: Any) -> bool | None:
    """true or false, also as 1 and 0, yes and no, t and f; None when it is absent."""
    if raw is None or isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str | int | float | Decimal) else "?"
    word = word.removesuffix(".0")
    if word in _ABSENT_WORDS:
        return None
    if word not in _TRUE | _FALSE:
        raise BadValue("not_true_or_false", "Write true or false.")
    return word in _TRUE


def day(raw: Any) -> str | None:
    """A date in ISO 8601; of a time its date. None when it is absent, NaT included."""
    moment = _moment(raw)
    return None if moment is None else moment.date().isoformat()


def instant(raw: Any) -> str | None:
    """A time in ISO 8601, in UTC; one without a zone is taken as UTC. None when absent, NaT included."""
    moment = _moment(raw)
    if moment is None:
        return None
    try:
        return as_iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except Refuse as error:
        raise BadValue("not_a_date", str(error)) from error


def url(raw: Any) -> str | None:
    """An address; protocol-relative ones and those that start at www. become https, site-relative ones stay.

    Addresses of other kinds than the web's (javascript:, data:, file:) are refused: people click on these.
    """
    written = text(raw)
    if written is None:
        return None
    address = re.sub(r"[\t\r\n]", "", written).replace(
        " ", "%20"
    )  # browsers drop the former before reading it
    if address.startswith("//"):
        return f"https:{address}"
    if address.casefold().startswith("www."):
        return f"https://{address}"
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].casefold() not in _SAFE_SCHEMES:
        raise BadValue(
            "unsafe_url", "An address starts with https://, http:// or ftp://, or is relative to a site."
        )
    return address


def category_path(raw: Any) -> list[str]:
    """From the root down; delimited by `|`, `->`, ` > ` or line ends, or a list already."""
    levels = raw if isinstance(raw, list) else _CATEGORY_DELIMITERS.split(text(raw) or "")
    named = [level for level in map(name, levels) if level]
    if len(named) > _DEEPEST_CATEGORY:
        raise BadValue("too_deep", f"A category has at most {_DEEPEST_CATEGORY} levels.")
    return named


def lifecycle_status(raw: Any) -> str | None:
    """One of the known words in their usual spelling; another word stays as it is."""
    written = name(raw)
    known = {status.casefold(): status for status in LIFECYCLE_STATUSES}
    return None if written is None else known.get(written.casefold(), written)


def _moment(raw: Any) -> datetime | None:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day, tzinfo=UTC)
    if raw is None or (isinstance(raw, str) and raw.strip().casefold() in _ABSENT_WORDS):
        return None
    try:
        if isinstance(raw, str):
            return datetime.fromisoformat(re.sub(r"\s*UTC$", "+00:00", raw.strip()))
    except ValueError:
        pass
    raise BadValue("not_a_date", "Write dates as 2026-01-31, times as 2026-01-31T08:00:00Z.")
