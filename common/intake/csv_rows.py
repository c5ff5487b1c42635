"""Records of a delimited file: one that breaks the quoting is a problem, and the lines after it are read."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from common.errors import Usage
from common.intake.lines import Line, Lines
from common.intake.rows import RECORD_LIMIT, Entries, Entry, Row, too_long
from common.intake.vocabulary import HeaderMapping, Vocabulary
from common.problems import Problem, excerpt

DELIMITERS = (",", ";", "\t", "|")

_Score = tuple[int, int]


def find_delimiter(sample: str, known: Callable[[Sequence[str]], int]) -> str:
    """The delimiter under which most headers are `known`, then the one that gives most columns."""

    def score(delimiter: str) -> _Score:
        try:
            rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            headers = next((row for row in rows if not _is_blank(row)), [])
        except csv.Error:
            return (-1, 0)
        return (known(headers), len(headers))

    if len(first := sample.lstrip("\r\n").splitlines()[:1]) and first[0].lower().startswith("sep="):
        declared = first[0][4:5]  # what spreadsheets write to tell each other the delimiter
        return declared if declared in DELIMITERS else ","
    return max(DELIMITERS, key=score)


class _Broken(Exception):
    """The record grows beyond what is read."""


class _Record(NamedTuple):
    number: int
    cells: list[str]
    problem: Problem | None = None


class CsvRows:
    """The rows of a delimited text. Raises Usage when its headers do not serve."""

    def __init__(self, lines: Lines, delimiter: str, columns: Vocabulary, mapping: HeaderMapping) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._taken: list[Line] = []
        self._records = self._read_records()
        self.headers = self._find_headers()
        self.assignment = columns.assign(self.headers, mapping)
        columns.check_headers(self.headers, self.assignment, mapping)

    def __iter__(self) -> Entries:
        places = self.assignment.places
        for record in self._records:
            if record.problem:
                yield record.problem
            elif not _is_blank(record.cells):
                yield self._entry(record, places)

    def _entry(self, record: _Record, places: Mapping[str, int]) -> Entry:
        cells, width = record.cells, len(self.headers)
        if len(cells) > width and not _is_blank(cells[width:]):
            detail = (
                f"There are {len(cells)} cells under {width} headers; quote cells that hold the delimiter."
            )
            extra = self._delimiter.join(cells[width:])
            return Problem("", "too_many_cells", excerpt(extra), detail, record.number)
        cells += [""] * (width - len(cells))
        return Row(record.number, {column: cells[place] for column, place in places.items()})

    def _find_headers(self) -> list[str]:
        for record in self._records:
            if record.problem:
                raise Usage(f"The header line cannot be read: {record.problem.detail}")
            if not _is_blank(record.cells) and not _declares_delimiter(record.cells, self._delimiter):
                return [cell.strip() for cell in record.cells]
        raise Usage("The file has no header line; its first line must name the columns.")

    def _read_records(self) -> Iterator[_Record]:
        parser = self._parser()
        while True:
            self._taken.clear()
            try:
                cells = next(parser)
            except StopIteration:
                return
            except (csv.Error, _Broken) as error:
                yield self._broken(error)
                parser = self._parser()
            else:
                yield _Record(self._taken[0].number, cells)

    def _parser(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._delimiter, strict=True)

    def _feed(self) -> Iterator[str]:
        """Lines for the parser, kept until the record is complete, so that they can be given back."""
        size = 0
        while line := self._lines.next():
            if not self._taken:
                size = 0
            self._taken.append(line)
            size += len(line.text)
            if line.is_cut or size > RECORD_LIMIT:
                raise _Broken
            yield line.text

    def _broken(self, error: Exception) -> _Record:
        """The problem of the record being read; all its lines but the first are read again as records."""
        first = self._taken[0]
        self._lines.give_back(self._taken[1:])
        start = excerpt(first.text.rstrip("\r\n"))
        if isinstance(error, _Broken) or "field limit" in str(error):
            return _Record(first.number, [], too_long(first.number, start))
        if "unexpected end" in str(error):
            detail = (
                'A quote is opened here and never closed; close it, or write it twice ("") inside a cell.'
            )
            return _Record(first.number, [], Problem("", "unclosed_quote", start, detail, first.number))
        detail = 'Quotes do not match here; a quote inside a quoted cell is written twice ("").'
        return _Record(first.number, [], Problem("", "bad_quoting", start, detail, first.number))


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _declares_delimiter(cells: Sequence[str], delimiter: str) -> bool:
    return cells[0].lower() in ("sep=", f"sep={delimiter}") and _is_blank(cells[1:])
