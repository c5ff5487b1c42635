"""The types of query parameters, inferred from their Python values.

| Python | BigQuery |
|---|---|
| bool, int, float, str, bytes | BOOL, INT64, FLOAT64, STRING, BYTES |
| Decimal | NUMERIC, or BIGNUMERIC beyond 9 decimals or 29 digits before the point |
| aware datetime, date | TIMESTAMP, DATE |
| list, tuple, set, frozenset | ARRAY of the type of its values |

None and an empty array have no type of their own: they are STRING, or say another by `Typed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with its BigQuery type, where it cannot be inferred: Typed("INT64", None), Typed("DATE",
    []).
    """

    type: str
    value: Any


class Parameter(NamedTuple):
    """A named query parameter. For an array, `type` is that of its values and `value` is a list."""

    name: str
    type: str
    value: Any
    is_array: bool


def infer(parameters: Mapping[str, object]) -> list[Parameter]:
    """Every parameter with its type.

    Raises:
        TypeError: a value has no BigQuery type, or an array mixes types.
        ValueError: a datetime does not know its zone, or a number does not fit.
    """
    return [_parameter(name, value) for name, value in parameters.items()]


def _parameter(name: str, value: object) -> Parameter:
    try:
        given = value.type if isinstance(value, Typed) else None
        plain = value.value if isinstance(value, Typed) else value
        if isinstance(plain, list | tuple | set | frozenset):
            return Parameter(name, given or _array_type(list(plain)), list(plain), True)
        return Parameter(name, given or _scalar_type(plain), plain, False)
    except (TypeError, ValueError) as error:
        raise type(error)(f"query parameter @{name}: {error}") from None


def _array_type(values: list[object]) -> str:
    if any(value is None for value in values):
        raise TypeError("an array parameter cannot hold NULL")
    types = {_scalar_type(value) for value in values} or {"STRING"}
    if types == {"NUMERIC", "BIGNUMERIC"}:
        return "BIGNUMERIC"
    if len(types) > 1:
        raise TypeError(f"an array has one type, not {', '.join(sorted(types))}")
    return types.pop()


def _scalar_type(value: object) -> str:
    match value:
        case None | str():
            return "STRING"
        case bool():
            return "BOOL"
        case int():
            return _integer(value)
        case float():
            return "FLOAT64"
        case Decimal():
            return _decimal(value)
        case bytes():
            return "BYTES"
        case datetime():
            return _timestamp(value)
        case date():
            return "DATE"
    raise TypeError(f"{type(value).__name__} has no BigQuery type; convert it, or give it one by Typed")


def _integer(value: int) -> str:
    if not -_INT64 <= value < _INT64:
        raise ValueError("the number does not fit into INT64")
    return "INT64"


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # it is a letter only for NaN and infinity
    whole = len(digits) + exponent
    return "NUMERIC" if -exponent <= 9 and whole <= 29 else "BIGNUMERIC"


def _timestamp(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a datetime must know its time zone")
    return "TIMESTAMP"
