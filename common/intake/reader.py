"""Opens a user's file, finds out what it is, and reads it record by record."""

import io
import re
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from common.errors import Usage
from common.intake.csv_rows import CsvRows, find_delimiter
from common.intake.encoding import find_encoding
from common.intake.json_rows import JsonRows, check_wrapping, json_array, json_lines
from common.intake.lines import Lines
from common.intake.rows import Entries, Entry
from common.intake.vocabulary import HeaderMapping, Vocabulary
from common.problems import Problem

Format = Literal["csv", "json", "ndjson"]

_SAMPLE = 1 << 16


class Intake:
    """A file being read, once: iterate over its rows and problems; close it after (or use `with`).

    Raises Usage at once for a file that cannot be read at all: empty, not text, without a known or a required
    column. What is wrong with single records comes as `Problem` in its place.
    """

    def __init__(
        self, stream: BinaryIO, columns: Vocabulary, mapping: HeaderMapping, *, owns_stream: bool
    ) -> None:
        self._stream = stream
        self._owns_stream = owns_stream
        columns.check_mapping(mapping)
        form = find_encoding(stream)
        self.encoding: str = form.encoding
        self.delimiter: str | None = None
        """Of a CSV file."""
        self.unused: tuple[str, ...] = ()
        """Headers of a CSV file, or keys of the first JSON record, that no column is read from."""
        self._notices = form.notices
        sample = self._sample()
        self._text = self._wrapped()
        self.format: Format = _format(sample)
        try:
            self._entries = self._start(sample, columns, mapping)
        except Exception:
            self._text.detach()  # or the wrapper would close the caller's stream when it is collected
            raise

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences a person should read before trusting the rows."""
        unused = f"Not used: {', '.join(self.unused[:30])}." if self.unused else ""
        return (*self._notices, unused) if unused else self._notices

    def __iter__(self) -> Entries:
        return self._entries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; one that was handed in open stays open."""
        if not self._text.closed and not self._stream.closed:
            self._text.detach()
        if self._owns_stream:
            self._stream.close()

    def _wrapped(self) -> io.TextIOWrapper:
        self._stream.seek(0)
        return io.TextIOWrapper(self._stream, encoding=self.encoding, newline="")

    def _sample(self) -> str:
        text = self._wrapped()
        sample = text.read(_SAMPLE)
        text.detach()
        return sample

    def _start(self, sample: str, columns: Vocabulary, mapping: HeaderMapping) -> Entries:
        if self.format == "csv":
            return self._start_csv(sample, columns, mapping)
        rows = JsonRows(columns, mapping)
        if self.format == "json":
            return self._start_json(json_array(self._text, rows), rows, columns)
        check_wrapping(sample)
        return self._start_json(json_lines(Lines(self._text), rows), rows, columns)

    def _start_csv(self, sample: str, columns: Vocabulary, mapping: HeaderMapping) -> Entries:
        self.delimiter = find_delimiter(sample, lambda headers: columns.recognised(headers, mapping))
        rows = CsvRows(Lines(self._text), self.delimiter, columns, mapping)
        self.unused = rows.assignment.unused
        return iter(rows)

    def _start_json(self, entries: Entries, rows: JsonRows, columns: Vocabulary) -> Entries:
        first = next(entries, None)
        self.unused = tuple(rows.unused)
        if isinstance(first, Problem) and first.reason == "no_known_column":
            columns.check_headers(self.unused, columns.assign(self.unused, {}), {})
        return _with_first(first, entries)


def open_rows(path: Path, columns: Vocabulary, mapping: HeaderMapping | None = None) -> Intake:
    """The rows of a file on disk, by `columns` and the user's own mapping of headers. Raises Usage."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Usage(f"{path} cannot be opened ({error.strerror}); check its name and permissions.") from error
    try:
        return Intake(stream, columns, mapping or {}, owns_stream=True)
    except Exception:
        stream.close()
        raise


def read_rows(stream: BinaryIO, columns: Vocabulary, mapping: HeaderMapping | None = None) -> Intake:
    """As `open_rows`, for a file that is open already and can seek; it stays open."""
    return Intake(stream, columns, mapping or {}, owns_stream=False)


def _format(sample: str) -> Format:
    start = sample.lstrip()
    if re.match(r"\[\s*[\[{\]\"\d]", start):
        return "json"
    return "ndjson" if re.match(r'\{\s*["}]', start) or start.rstrip() == "{" else "csv"


def _with_first(first: Entry | None, entries: Entries) -> Entries:
    if first is not None:
        yield first
        yield from entries
