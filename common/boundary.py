"""What comes from outside becomes plain Python here: no NUL, no lone surrogate, no NaN, no numpy, no pandas.

Client libraries deliver repeated fields as numpy arrays and times as pandas types. They are recognised by
what they offer, so that no function has to import numpy or pandas for it.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from common.errors import Refuse

NotANumber = Literal["refuse", "absent"]
"""What to do with NaN and infinities: refuse the value, or take it as missing, as pandas means it."""


def clean(value: Any, *, dates_as_text: bool = False, not_a_number: NotANumber = "refuse") -> Any:
    """`value` as None, bool, int, float, Decimal, str, bytes, date, datetime, time, list or dict (text keys).

    Strings lose NUL characters and lone surrogates; numpy scalars and arrays become scalars and lists; NaT
    and pandas' NA become None; times of numpy are UTC. With `dates_as_text` dates are written in ISO 8601,
    UTC as Z. Raises `Refuse`: reason `not_a_number` for NaN or an infinity, `unknown_type` for any other
    type, `bad_time` for an instant before the year 1 or after 9999 in UTC, `too_deep` for hundreds of levels.
    """
    try:
        return _Cleaner(dates_as_text, not_a_number).clean(value)
    except RecursionError:
        raise Refuse("This is nested too deeply to be read; flatten it.", reason="too_deep") from None


def clean_text(value: str) -> str:
    """`value` without NUL characters and lone surrogates; halves that belong together are joined."""
    if "\0" in value:
        value = value.replace("\0", "")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return value


class _Cleaner:
    def __init__(self, dates_as_text: bool, not_a_number: NotANumber) -> None:
        self._dates_as_text = dates_as_text
        self._not_a_number = not_a_number

    def clean(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int):
            return value
        if type(value) is str:
            return clean_text(value)
        if hasattr(value, "dtype") and hasattr(value, "tolist"):
            return self.clean(_without_numpy(value))
        if isinstance(value, Mapping):
            return {self._key(key): self.clean(content) for key, content in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(each) for each in value]
        return self._scalar(value)

    def _key(self, key: Any) -> str:
        if not isinstance(key, str):
            raise Refuse(f"A field's name is text, not {type(key).__name__}: {key!r}.", reason="unknown_type")
        return clean_text(str(key))

    def _scalar(self, value: Any) -> Any:
        if type(value).__name__ in ("NaTType", "NAType"):
            return None
        if isinstance(value, float | Decimal):
            return self._number(value)
        if isinstance(value, date | time):
            return self._moment(value)
        if isinstance(value, bytes):
            return bytes(value)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, str | UUID):
            return clean_text(str.__str__(value) if isinstance(value, str) else str(value))
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        raise Refuse(
            f"A {kind} cannot be stored; turn it into text, a number or a list.", reason="unknown_type"
        )

    def _number(self, value: float | Decimal) -> float | Decimal | None:
        finite = math.isfinite(value) if isinstance(value, float) else value.is_finite()
        if not finite:
            if self._not_a_number == "absent":
                return None
            raise Refuse(f"{value} is not a number; leave the field empty instead.", reason="not_a_number")
        return float(value) if isinstance(value, float) else value

    def _moment(self, value: date | time) -> Any:
        if hasattr(value, "to_pydatetime"):  # pandas' Timestamp is a datetime, but not a plain one
            value = value.to_pydatetime(warn=False)
        return as_iso(value) if self._dates_as_text else value


def as_iso(value: date | time) -> str:
    """ISO 8601; a datetime with a time zone in UTC, ending in Z. Raises `Refuse` as `clean` does."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        except OverflowError:
            raise Refuse(
                f"{value} is outside the years 1 to 9999 in UTC; correct it.", reason="bad_time"
            ) from None
    return value.isoformat()


def number_text(number: int | float | Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros after the point; exact for money."""
    exact = Decimal(str(number))
    if abs(exact.adjusted()) > 30:
        return str(exact)
    written = format(exact, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _without_numpy(value: Any) -> Any:
    if value.dtype.kind != "M":
        return value.tolist()
    return _in_utc(value.astype("datetime64[us]").tolist())  # in nanoseconds, numpy would give bare integers


def _in_utc(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_utc(each) for each in value]
    return None if value is None else value.replace(tzinfo=UTC)
