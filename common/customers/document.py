"""The YAML of a book as nodes that know their lines, read within bounds.

Nodes, and not Python values: a scalar is taken as it is written, so that a customer called `NO` is no boolean and a
board's id keeps its digits. The bounds are measured on the parser's events first, which takes no memory to speak of.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from common.customers.limits import DEEPEST, LARGEST_FILE, MOST_NODES
from common.customers.problem import Findings

# libyaml where the installed PyYAML has it: both read the same, it is ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow as it stands."""
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
) | {"!"}


def line_of(node: "yaml.Node | yaml.Event") -> int:
    """Where it begins, from 1."""
    mark = node.start_mark
    return int(mark.line) + 1 if mark else 1


def read(
    content: bytes | str, findings: Findings, *, what: str = "customer book", begin: str = "`customers:`"
) -> yaml.Node | None:
    """The one document of a file. None, with the reason among the findings, when it cannot be read as such.

    what: what the file should be; begin: with what it begins, both for the person who wrote it.
    """
    text = _text(content, findings, what)
    if text is None:
        return None
    try:
        if not _Survey(findings, what).passes(text):
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        _tell(error, findings)
        return None
    except (ValueError, OverflowError):  # what the parser in Python makes of an escape beyond Unicode
        findings.error(1, "", "", "not_yaml", 'A "\\U" escape stands for no character; write it out.')
        return None
    if node is None:
        findings.error(1, "", "", "empty", f"There is nothing in the file; begin with {begin}.")
    return node


def _text(content: bytes | str, findings: Findings, what: str) -> str | None:
    """The file as text. None when it is too large, not UTF-8, or holds what is no text; every such place is told."""
    if len(content) > LARGEST_FILE:
        mebibytes = LARGEST_FILE >> 20
        findings.error(1, "", "", "too_large", f"A {what} has at most {mebibytes} MiB; is it this file?")
        return None
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        findings.error(line, "", "", "not_utf8", "This is not UTF-8; save the file in that encoding.")
        return None
    bad = list(_NO_TEXT.finditer(text))
    for each in bad:
        line = text.count("\n", 0, each.start()) + 1
        findings.error(line, "", "", "no_text", f"U+{ord(each.group()):04X} is no text; take it out.")
    return None if bad else text


def _tell(error: yaml.YAMLError, findings: Findings) -> None:
    """The parser's own complaint, at its line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(getattr(error, each, None) or "") for each in ("context", "problem")).strip()
    detail = (
        f"This is not YAML ({said or 'unreadable'}); look at the indentation and quotes here and just before."
    )
    findings.error(mark.line + 1 if mark else 1, "", "", "not_yaml", detail)


@dataclass
class _Collection:
    """A list or mapping that is being read. size and height: of what was read of it, in nodes and levels."""

    anchor: str | None
    size: int = 1
    height: int = 1


@dataclass
class _Survey:
    """Looks over a file's events: is it one document, small enough, of nothing but texts, lists and mappings?"""

    findings: Findings
    what: str
    _open: list[_Collection] = field(default_factory=lambda: [_Collection(None)])
    _anchored: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Anchor → (size, height) of what it stands for; not before that has ended."""
    _documents: int = 0
    _sound: bool = True

    def passes(self, text: str) -> bool:
        """Whether the document may be composed. Raises YAMLError for what is none."""
        for event in yaml.parse(text, Loader=_LOADER):
            if not self._take(event):
                return False
        return self._sound

    def _take(self, event: yaml.Event) -> bool:
        """Count an event. False: look no further."""
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return self._closed(event, _Collection(event.anchor))
        if isinstance(event, yaml.CollectionStartEvent):
            self._tag(event)
            self._anchored.pop(
                event.anchor or "", None
            )  # from here on it means this one, which has not ended
            self._open.append(_Collection(event.anchor))
            return self._within(event, 0)
        if isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            ended.height += 1
            return self._closed(event, ended)
        return True

    def _document(self, event: yaml.Event) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._error(event, "documents", "A second document begins here; take out the line `---`.")
        return self._documents == 1

    def _alias(self, event: yaml.AliasEvent) -> bool:
        if event.anchor not in self._anchored:
            detail = f"`*{event.anchor}` stands for nothing that has ended before; write it out."
            self._error(event, "unknown_alias", detail)
            return False
        return self._closed(event, _Collection(None, *self._anchored[event.anchor]))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._tag(event)
        if bad := _NO_TEXT.search(event.value):  # by an escape
            self._error(event, "no_text", f"U+{ord(bad.group()):04X} is no text; take it out.")

    def _tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            self._error(event, "unknown_tag", f"{event.tag} means nothing here; write a text or a list.")

    def _closed(self, event: yaml.Event, ended: _Collection) -> bool:
        """Add something whole to what holds it."""
        if ended.anchor:
            self._anchored[ended.anchor] = (ended.size, ended.height)
        around = self._open[-1]
        around.size += ended.size
        around.height = max(around.height, ended.height)
        return self._within(event, ended.height - 1)

    def _within(self, event: yaml.Event, levels: int) -> bool:
        """Whether the bounds hold, with so many levels below those that are open."""
        if len(self._open) - 1 + levels > DEEPEST:
            self._error(event, "too_deep", f"This is nested more than {DEEPEST} levels deep; flatten it.")
            return False
        if sum(each.size for each in self._open) > MOST_NODES:
            detail = (
                f"The file holds more than {MOST_NODES:,} values, aliases written out; is it a {self.what}?"
            )
            self._error(event, "too_large", detail)
            return False
        return True

    def _error(self, event: yaml.Event, reason: str, detail: str) -> None:
        self.findings.error(line_of(event), "", "", reason, detail)
        self._sound = False
