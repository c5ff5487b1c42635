"""The fields of one mapping in a book: each read as what it should be, with a problem for what it is not."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import NamedTuple

import yaml

from common.customers.document import line_of
from common.customers.names import fold
from common.customers.problem import Findings

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_KINDS = {yaml.ScalarNode: "a text", yaml.SequenceNode: "a list", yaml.MappingNode: "a mapping"}


class Text(NamedTuple):
    """A text of the file, without blanks around it."""

    value: str
    line: int


def is_null(node: yaml.Node) -> bool:
    """Whether nothing stands there: `null`, `~`, or nothing at all."""
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL


class Fields:
    """A mapping whose keys are texts, each there once. A field that is null counts as left out."""

    def __init__(self, node: yaml.MappingNode, entry: str, findings: Findings, within: str = "") -> None:
        self.line = line_of(node)
        self.entry = entry
        self._findings = findings
        self._within = within
        self._keys: dict[str, Text] = {}
        self._nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            self._take(key, value)

    def __iter__(self) -> Iterator[tuple[Text, yaml.Node]]:
        """Keys and what stands at them, also where that is null."""
        return ((key, self._nodes[key.value]) for key in self._keys.values())

    def get(self, name: str) -> yaml.Node | None:
        """What stands at a key; None when it is left out."""
        node = self._nodes.get(name)
        return None if node is None or is_null(node) else node

    def is_empty(self, name: str) -> bool:
        """Whether a field is left out, or a list of nothing."""
        node = self.get(name)
        return node is None or (isinstance(node, yaml.SequenceNode) and not node.value)

    def line_at(self, name: str) -> int:
        """Where a key is; where the mapping begins when it is left out."""
        return self._keys[name].line if name in self._keys else self.line

    def error(self, line: int, name: str, reason: str, detail: str) -> None:
        """Say what is wrong with a field, or by "" with the whole mapping."""
        self._findings.error(line, self.entry, self._place(name), reason, detail)

    def warn(self, line: int, name: str, reason: str, detail: str) -> None:
        """Say what should be looked at."""
        self._findings.warn(line, self.entry, self._place(name), reason, detail)

    def tell_unknown(self, known: Collection[str]) -> None:
        """Warn of every key that is none of ours, with the one that may have been meant."""
        for key in self._keys.values():
            if key.value not in known:
                near = get_close_matches(key.value.lower(), known, 1)
                advice = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}."
                self.warn(
                    key.line,
                    key.value,
                    "unknown_key",
                    f"{key.value} is no key of ours and is left out; {advice}",
                )

    def text(self, name: str) -> Text | None:
        """The text of a field; None when it is left out or, which is told, none."""
        node = self.get(name)
        return None if node is None else self._text(node, name)

    def texts(self, name: str, *, one_will_do: bool = False, may_be_empty: bool = False) -> list[Text] | None:
        """The texts of a list, those that are some; None when the field is left out.

        one_will_do: a text alone is a list of it.
        """
        node = self.get(name)
        if node is None:
            return None
        if one_will_do and isinstance(node, yaml.ScalarNode):
            found = self._text(node, name)
            return [found] if found else []
        if not isinstance(node, yaml.SequenceNode):
            wanted = "a text or a list of texts" if one_will_do else "a list of texts"
            self.error(self.line_at(name), name, "not_a_list", f"This is {_kind(node)}; write {wanted}.")
            return []
        if not node.value and not may_be_empty:
            self.error(
                self.line_at(name), name, "empty_list", "The list is empty; fill it, or take the key out."
            )
        return [found for each in node.value if (found := self._text(each, name))]

    def distinct(self, name: str) -> tuple[Text, ...]:
        """The texts of a list that is not empty, folded, each once; a repetition is told."""
        found: dict[str, Text] = {}
        for text in self.texts(name) or ():
            folded = fold(text.value)
            if folded in found:
                detail = f"{folded} is there twice, in line {found[folded].line} and line {text.line}; take one out."
                self.error(text.line, name, "duplicate", detail)
            else:
                found[folded] = Text(folded, text.line)
        return tuple(found.values())

    def mapping(self, name: str) -> "Fields | None":
        """The fields of a mapping in this one; None when it is left out or, which is told, none."""
        node = self.get(name)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.error(
                self.line_at(name), name, "not_a_mapping", f"This is {_kind(node)}; write `key: value` lines."
            )
            return None
        return self.nested(node, name)

    def nested(self, node: yaml.MappingNode, name: str) -> "Fields":
        """The fields of a mapping somewhere in this one."""
        return Fields(node, self.entry, self._findings, f"{self._place(name)}.")

    def sequence(self, name: str) -> list[yaml.Node]:
        """What a list holds; nothing when it is left out or, which is told, none."""
        node = self.get(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.error(
                self.line_at(name), name, "not_a_list", f"This is {_kind(node)}; begin each entry with `- `."
            )
            return []
        return list(node.value)

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        line = line_of(key)
        if not isinstance(key, yaml.ScalarNode):
            self.error(line, "", "bad_key", f"A key is {_kind(key)} here; write a text.")
        elif key.tag == _MERGE:
            detail = "`<<` takes no keys over here; write them out, or use `key: *alias` for one at a time."
            self.error(line, "<<", "merge_key", detail)
        elif key.value in self._keys:
            before = self._keys[key.value].line
            detail = f"{key.value} is there twice, in line {before} and line {line}; take one out."
            self.error(line, key.value, "duplicate_key", detail)
        else:
            self._keys[key.value] = Text(key.value, line)
            self._nodes[key.value] = value

    def _text(self, node: yaml.Node, name: str) -> Text | None:
        line = line_of(node)
        if not isinstance(node, yaml.ScalarNode):
            self.error(line, name, "not_a_text", f"This is {_kind(node)}; write a text.")
            return None
        text = "" if is_null(node) else node.value.strip()
        if not text:
            self.error(line, name, "blank", "This is blank; write a text, or take it out.")
            return None
        return Text(text, line)

    def _place(self, name: str) -> str:
        return f"{self._within}{name}" if name else self._within.rstrip(".")


def _kind(node: yaml.Node) -> str:
    return "nothing" if is_null(node) else _KINDS.get(type(node), "something else")
