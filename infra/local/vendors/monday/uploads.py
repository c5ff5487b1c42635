"""The CSV of an ingest job: a header of column ids, with "name" for the item's name, then one item a row."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.vendors.monday.model import Board


class InvalidUpload(ValueError):
    """The file as a whole is not in form; the message says where."""


@dataclass(frozen=True)
class Upload:
    """A file in form; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: list[list[str]]

    def values_of(self, column_id: str) -> list[str]:
        """The cells of one column."""
        place = self.header.index(column_id)
        return [row[place] for row in self.rows]


def read_upload(content: bytes, board: Board, match_column_id: str | None, most_rows: int) -> Upload:
    """The rows of a file.

    Raises InvalidUpload for a bad header or encoding, a row of another length, or too many rows.
    """
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header, rows = _split([line for line in lines if line])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidUpload(f"The file is not CSV in UTF-8: {error}") from None
    _check_header(header, board, match_column_id)
    if len(rows) > most_rows:
        raise InvalidUpload(f"The file has {len(rows)} rows; at most {most_rows} are allowed")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise InvalidUpload(f"Row {number} has {len(row)} cells, the header {len(header)}")
    return Upload(tuple(header), rows)


def report_of(rows: Sequence[tuple[int, str, int | None, str]]) -> bytes:
    """What became of each row, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["row", "outcome", "item_id", "message"])
    writer.writerows([number, outcome, item or "", message] for number, outcome, item, message in rows)
    return text.getvalue().encode()


def _split(lines: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    if not lines:
        raise InvalidUpload("The file is empty")
    return lines[0], lines[1:]


def _check_header(header: list[str], board: Board, match_column_id: str | None) -> None:
    for column_id in header:
        if column_id not in board.columns:
            raise InvalidUpload(f"The header names {column_id!r}, which is no column of board {board.id}")
    if len(set(header)) < len(header):
        raise InvalidUpload("The header names a column twice")
    if "name" not in header:
        raise InvalidUpload('The header has no "name"')
    if match_column_id is not None and match_column_id not in header:
        raise InvalidUpload(f"The header lacks the column to match, {match_column_id!r}")
