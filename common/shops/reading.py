"""One mapping of a shop's file, its fields read as what they should be; the faults of what is made of it by line."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

import yaml

from common.customers.document import line_of
from common.customers.fields import Fields, Text
from common.customers.problem import Findings
from common.shops.fault import Fault

Value = TypeVar("Value")
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MOST_DIGITS: Final = 18

SizeOf = Callable[[str], "tuple[int, int] | None"]
"""The size of a picture by its path beside the file, upright; None when there is none that can be read."""


class Reading:
    """The fields of one entry. What a field cannot be read as is told, and `otherwise` stands for it."""

    def __init__(self, fields: Fields, findings: Findings, size_of: SizeOf | None = None) -> None:
        self.fields = fields
        self.findings = findings
        self.size_of = size_of

    def text(self, name: str, otherwise: str = "") -> str:
        """A text; without it, otherwise."""
        found = self.fields.text(name)
        return found.value if found else otherwise

    def needed(self, name: str, what: str) -> str:
        """A text that has to be there. what: what it is, for the person who forgot it."""
        if self.fields.get(name) is None:
            self.error(name, "missing", f"{name} is left out; write `{name}:` and {what}.")
            return ""
        return self.text(name)

    def has(self, name: str) -> bool:
        """Whether something readable stands there, or nothing is needed."""
        return self.fields.get(name) is not None

    def whole(self, name: str) -> int | None:
        """A whole number; None when it is left out or unreadable."""
        return self._one(name, _whole, "a whole number")

    def decimal(self, name: str) -> Decimal | None:
        """A number, exactly as it stands there."""
        return self._one(name, _decimal, "a number such as 9.5")

    def flag(self, name: str) -> bool | None:
        """True or false."""
        return self._one(name, lambda text: _FLAGS[text.lower()], "true or false")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when it is left out."""
        return tuple(each.value for each in self.fields.texts(name, may_be_empty=True) or ())

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = (self._read(each, name, _whole, "a whole number") for each in self.fields.texts(name) or ())
        return tuple(each for each in found if each is not None)

    def list_of(self, name: str, entry: Callable[[yaml.MappingNode, int], str]) -> "Iterator[Reading]":
        """The mappings of a list. entry: what one is called in problems, by its place from 1."""
        for number, node in enumerate(self.fields.sequence(name), 1):
            if isinstance(node, yaml.MappingNode):
                yield Reading(Fields(node, entry(node, number), self.findings), self.findings, self.size_of)
            else:
                detail = f"Entry {number} is no mapping; write its `key: value` lines below `- `."
                self.fields.error(line_of(node), name, "not_a_mapping", detail)

    def error(self, name: str, reason: str, detail: str) -> None:
        """Say what is wrong with a field."""
        self.fields.error(self.fields.line_at(name), name, reason, detail)

    def tell(self, faults: Iterable[Fault]) -> None:
        """Say everything that is wrong with what was made of the fields, each at its own line."""
        for fault in faults:
            say = self.fields.error if fault.is_error else self.fields.warn
            say(self.fields.line_at(fault.field), fault.field, fault.reason, fault.detail)

    def _one(self, name: str, parse: Callable[[str], Value], wanted: str) -> Value | None:
        found = self.fields.text(name)
        return None if found is None else self._read(found, name, parse, wanted)

    def _read(self, found: Text, name: str, parse: Callable[[str], Value], wanted: str) -> Value | None:
        try:
            return parse(found.value)
        except (ValueError, KeyError, InvalidOperation):
            detail = f"{name} is {found.value[:80]!r}; write {wanted}."
            self.fields.error(found.line, name, "not_readable", detail)
            return None


def named(node: yaml.MappingNode, key: str, otherwise: str) -> str:
    """What stands at a key of a mapping, to call it by; else otherwise."""
    for name, value in node.value:
        if isinstance(name, yaml.ScalarNode) and name.value == key and isinstance(value, yaml.ScalarNode):
            return str(value.value).strip() or otherwise
    return otherwise


def _whole(text: str) -> int:
    if not text.isascii() or len(text) > _MOST_DIGITS:
        raise ValueError(text)
    return int(text.replace("_", "x"))


def _decimal(text: str) -> Decimal:
    value = Decimal(text.replace("_", "x"))
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not -6 <= exponent <= 6 or abs(value) >= 10**9:
        raise ValueError(text)
    return value
