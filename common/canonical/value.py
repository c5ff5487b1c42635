"""One value as canonical bytes: JSON with sorted keys, in which each type has its own notation.

| value                              | notation                                                          |
|------------------------------------|-------------------------------------------------------------------|
| None, bool, str (in NFC), list     | as in JSON; a tuple is a list, a UUID is its text                 |
| a whole number within 64 bits      | its digits, whatever type carried it                              |
| any other number                   | `<digits>e<exponent>`, the digits without a trailing zero: `15e-1` |
| datetime, date, time, bytes        | `{"":["instant","2026-01-31T08:00:00Z"]}` and alike               |
| dict                               | as in JSON; one with the key "" as `{"":["object",[[key, value],…]]}` |

A float stands for the decimal number it prints as, so that 0.1 read from JSON equals Decimal("0.1") read from
Postgres. A datetime with a time zone is an instant, in UTC; one without is another kind ("local").
"""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any
from uuid import UUID

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_MOST_DIGITS_OF_64_BITS = 20
_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)  # the usual context would round to 28 digits

PLAIN = frozenset({str, int, bool, type(None)})
"""Types that JSON writes canonically as they are, as long as texts are ASCII and numbers fit 64 bits."""


def canonical_bytes(value: object) -> bytes:
    """`value` in its canonical notation, UTF-8.

    Takes None, bool, int, float, Decimal, str, bytes, UUID, date, datetime, time, and lists, tuples and dicts
    (with text keys) of these. Raises ValueError for NaN, an infinity, a lone surrogate, keys that are one in
    NFC, an instant outside the years 1 to 9999 and nesting beyond 250 levels; TypeError for any other type:
    `common.boundary.clean` makes plain values of numpy's and pandas'.
    """
    return write(encode(value))


def write(encoded: object) -> bytes:
    """The bytes of what `encode` gave. Raises ValueError where JSON has no notation for it."""
    try:
        return orjson.dumps(encoded, option=_OPTIONS)
    except TypeError as error:
        raise ValueError(f"This value has no canonical form: {error}.") from error


def encode(value: object) -> Any:
    """`value` with everything replaced that JSON would not write canonically."""
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        raise TypeError(f"A {kind} has no canonical form; pass it through common.boundary.clean first.")
    try:
        return encoder(value)
    except RecursionError:
        raise ValueError("This value is nested too deeply to have a canonical form.") from None
    except OverflowError:
        raise ValueError(
            f"{value} is outside the years 1 to 9999 in UTC; it has no canonical form."
        ) from None


def _same(value: object) -> object:
    return value


def _text(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _integer(value: int) -> object:
    return value if _SMALLEST <= value <= _LARGEST else _decimal(Decimal(value))


def _float(value: float) -> object:
    if value.is_integer() and -1e15 < value < 1e15:  # where every whole float is also what it prints as
        return int(value)
    return _decimal(Decimal(repr(value)))


def _decimal(value: Decimal) -> object:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that can be compared; it has no canonical form.")
    shortest = _EXACT.normalize(value)
    sign, digits, exponent = shortest.as_tuple()
    if isinstance(exponent, int) and exponent >= 0 and shortest.adjusted() < _MOST_DIGITS_OF_64_BITS:
        whole = int(shortest)
        if _SMALLEST <= whole <= _LARGEST:
            return whole
    return orjson.Fragment(f"{'-' * sign}{''.join(map(str, digits))}e{exponent}")


def _tagged(tag: str, content: object) -> dict[str, list[object]]:
    return {"": [tag, content]}


def _datetime(value: datetime) -> object:
    if value.tzinfo is None:
        return _tagged("local", value.isoformat())
    return _tagged("instant", value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z")


def _date(value: date) -> object:
    return _tagged("date", value.isoformat())


def _time(value: time) -> object:
    return _tagged("time", value.isoformat())


def _bytes(value: bytes) -> object:
    return _tagged("bytes", value.hex())


def _sequence(value: list[object] | tuple[object, ...]) -> list[object]:
    return [encode(each) for each in value]


def _mapping(value: dict[object, object]) -> object:
    encoded: dict[str, object] = {}
    for key, content in value.items():
        if type(key) is not str:
            raise TypeError(f"A key of a record is text, not {type(key).__name__}: {key!r}.")
        encoded[_text(key)] = encode(content)
    if len(encoded) != len(value):
        raise ValueError("Two keys of this record are the same text in NFC; rename one.")
    if "" in encoded:  # that key marks our own notations
        return _tagged(
            "object", sorted(([key, encoded[key]] for key in encoded), key=lambda pair: str(pair[0]))
        )
    return encoded


_ENCODERS: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    int: _integer,
    float: _float,
    Decimal: _decimal,
    str: _text,
    bytes: _bytes,
    UUID: str,
    datetime: _datetime,
    date: _date,
    time: _time,
    list: _sequence,
    tuple: _sequence,
    dict: _mapping,
}
