"""One setting: its name, type, default, range, unit and meaning; and a group of them with typed access."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value", bool, int, float, str)

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


@dataclass(eq=False)
class Setting(Generic[Value]):
    """A declared setting. Assigned in a `SettingsGroup`, it takes its name there and reads as its value."""

    parse: Callable[[object], Value]
    """Turns what a person or a file wrote into a value in range; ValueError says what is allowed."""
    default: Value
    allowed: str
    """The type and range in words, as an error states them."""
    unit: str
    """What one of it is: "seconds", "items", "share"; empty where it has none."""
    doc: str
    bare_in_environment: bool = False
    """Accepted in the environment under its own name in capitals too, not only as SHELFLINE_<NAME>."""
    name: str = ""

    def __post_init__(self) -> None:
        self.parse(self.default)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    @overload
    def __get__(self, group: None, owner: type) -> Self: ...
    @overload
    def __get__(self, group: "SettingsGroup", owner: type) -> Value: ...
    def __get__(self, group: "SettingsGroup | None", owner: type) -> "Self | Value":
        return self if group is None else group.values[self.name]


class SettingsGroup:
    """Settings that belong together, declared as class attributes; an instance reads their values.

    Raises KeyError when `values` lacks a setting of the group: its flow was not registered before resolving.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    @classmethod
    def declared(cls) -> list[Setting[Any]]:
        """The settings of this group, in the order they are written."""
        return [
            each
            for owner in reversed(cls.__mro__)
            for each in vars(owner).values()
            if isinstance(each, Setting)
        ]


def flag(default: bool, doc: str, *, bare: bool = False) -> Setting[bool]:
    """On or off; true, 1, yes, on and false, 0, no, off are understood."""
    return Setting(_flag, default, "true or false", "", doc, bare)


def whole(default: int, low: int, high: int, unit: str, doc: str, *, bare: bool = False) -> Setting[int]:
    """A whole number from `low` to `high`."""
    parse = _between(_whole, low, high)
    return Setting(parse, default, f"a whole number from {low} to {high}", unit, doc, bare)


def number(default: float, low: float, high: float, unit: str, doc: str) -> Setting[float]:
    """A number from `low` to `high`."""
    return Setting(_between(_number, low, high), default, f"a number from {low:g} to {high:g}", unit, doc)


def fraction(default: float, doc: str) -> Setting[float]:
    """A share from 0 to 1."""
    return number(default, 0, 1, "share", doc)


def choice(default: str, options: tuple[str, ...], doc: str) -> Setting[str]:
    """One of `options`, in any case."""

    def parse(raw: object) -> str:
        for option in options:
            if isinstance(raw, str) and raw.strip().casefold() == option.casefold():
                return option
        raise ValueError(f"not one of {', '.join(options)}")

    return Setting(parse, default, f"one of {', '.join(options)}", "", doc)


def _flag(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str | int) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("neither true nor false")


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise ValueError("not a number")
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not value.is_finite() or (value and abs(value.adjusted()) > 18):
        raise ValueError("not a number of a usable size")
    return value


def _whole(raw: object) -> int:
    value = _decimal(raw)
    if value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def _number(raw: object) -> float:
    return float(_decimal(raw))


Ordered = TypeVar("Ordered", int, float)


def _between(parse: Callable[[object], Ordered], low: Ordered, high: Ordered) -> Callable[[object], Ordered]:
    def parse_in_range(raw: object) -> Ordered:
        value = parse(raw)
        if not low <= value <= high:
            raise ValueError("out of range")
        return value

    return parse_in_range
