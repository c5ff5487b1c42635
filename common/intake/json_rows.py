"""Records of JSON: one object per line, or one array of objects, read without holding the whole."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple, TextIO

from common.boundary import clean
from common.errors import Usage
from common.intake.lines import Lines
from common.intake.rows import RECORD_LIMIT, Entries, Entry, Row, too_long
from common.intake.vocabulary import Assignment, HeaderMapping, Vocabulary
from common.problems import Problem, excerpt

_BLOCK = 1 << 16
_SHAPES_REMEMBERED = 256


class JsonRows:
    """Turns texts of JSON objects into rows; remembers which keys mean which column."""

    def __init__(self, columns: Vocabulary, mapping: HeaderMapping) -> None:
        self._columns = columns
        self._mapping = mapping
        self._shapes: dict[tuple[str, ...], Assignment] = {}
        self.unused: dict[str, None] = {}
        """Keys that no column was read from, in the order they were met (as far as remembered)."""

    def entry(self, number: int, text: str) -> Entry:
        """The row of one object's text, or what is wrong with it."""
        try:
            content = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
        except RecursionError:
            return Problem("", "bad_json", excerpt(text), "The record is nested too deeply.", number)
        except ValueError as error:
            return Problem("", "bad_json", excerpt(text), f"This is no JSON object: {error}.", number)
        if not isinstance(content, dict):
            return Problem(
                "", "not_a_record", excerpt(text), 'Each record is an object like {"pn": "…"}.', number
            )
        places = self._assignment(tuple(content)).places
        if not places:
            detail = f"None of its keys is a known column: {self._columns.known}."
            return Problem("", "no_known_column", excerpt(text), detail, number)
        values = list(content.values())
        return Row(number, {column: clean(values[place]) for column, place in places.items()})

    def _assignment(self, keys: tuple[str, ...]) -> Assignment:
        if keys not in self._shapes:
            found = self._columns.assign(keys, self._mapping)
            if len(self._shapes) >= _SHAPES_REMEMBERED:
                return found
            self._shapes[keys] = found
            self.unused.update(dict.fromkeys(found.unused))
        return self._shapes[keys]


def json_lines(lines: Lines, rows: JsonRows) -> Entries:
    """The entries of a text with one object per line, numbered by line; blank lines are passed over."""
    while line := lines.next():
        if line.is_cut:
            yield too_long(line.number, excerpt(line.text))
        elif text := line.text.strip():
            yield rows.entry(line.number, text)


def json_array(text: TextIO, rows: JsonRows) -> Entries:
    """The entries of one array of objects, numbered by their place from 1.

    Only a record whose brackets do not match takes those after it along; that is a problem of its own.
    """
    for number, element in enumerate(_ArraySplitter().split(text), start=1):
        if element.is_too_long:
            yield too_long(number, excerpt(element.text))
        elif element.is_cut_off:
            detail = "The file ends before the array does; was it cut off, or is a bracket left open here?"
            yield Problem("", "cut_off", excerpt(element.text.strip()), detail, number)
        elif element.is_after_end:
            detail = "There is text after the end of the array; it was not read."
            yield Problem("", "text_after_end", excerpt(element.text.strip()), detail, number)
        else:
            yield rows.entry(number, element.text)


def check_wrapping(sample: str) -> None:
    """Raises Usage when a text that begins with `{` is one object over many lines."""
    first = sample.lstrip().split("\n", 1)[0].strip()
    if first == "{" or re.fullmatch(r'\{\s*"[^"]*"\s*:\s*[\[{]', first):
        raise Usage("The file is one JSON object; save an array [{…}, {…}] or one object per line.")


class _Element(NamedTuple):
    text: str
    is_too_long: bool = False
    is_cut_off: bool = False
    is_after_end: bool = False


class _ArraySplitter:
    """Finds where the elements of an array begin and end by its brackets, commas and quotes alone."""

    _outside_strings = re.compile(r'["{}\[\],]')
    _inside_strings = re.compile(r'["\\]')

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._skip = 0  # characters after a backslash that stand for nothing
        self._kept: list[str] = []
        self._size = 0
        self._elements: list[_Element] = []
        self._ended = False

    def split(self, text: TextIO) -> Iterator[_Element]:
        for block in iter(lambda: text.read(_BLOCK), ""):
            self._scan(block.replace("\0", ""))
            yield from self._elements
            self._elements.clear()
        yield from self._rest()

    def _rest(self) -> Iterator[_Element]:
        rest = "".join(self._kept)
        if not self._ended:
            yield _Element(rest, is_cut_off=True)
        elif rest.strip():
            yield _Element(rest, is_after_end=True)

    def _scan(self, block: str) -> None:
        place, kept_from = self._skip, 0
        self._skip = 0
        while not self._ended:
            pattern = self._inside_strings if self._in_string else self._outside_strings
            found = pattern.search(block, place)
            if found is None:
                break
            place = found.end()
            if found[0] == "\\":
                place += 1
            elif found[0] == '"':
                self._in_string = not self._in_string
            elif self._bracket(found[0]):
                self._keep(block[kept_from : found.start()])
                self._close(found[0])
                kept_from = place
        self._skip = max(0, place - len(block))
        self._keep(block[kept_from:])

    def _bracket(self, sign: str) -> bool:
        """Follow the depth; whether an element begins or ends at this sign."""
        if sign in "[{":
            self._depth += 1
            return self._depth == 1
        if sign in "]}":
            self._depth -= 1
            return self._depth == 0
        return self._depth == 1

    def _close(self, sign: str) -> None:
        text, is_too_long = "".join(self._kept), self._size > RECORD_LIMIT
        self._kept, self._size = [], 0
        self._ended = self._depth == 0
        opens_array = sign in "[{" and self._depth == 1
        if not opens_array and (text.strip() or sign == ","):
            self._elements.append(_Element(text, is_too_long))

    def _keep(self, text: str) -> None:
        self._size += len(text)
        if self._size <= RECORD_LIMIT:
            self._kept.append(text)


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number; write null instead")
