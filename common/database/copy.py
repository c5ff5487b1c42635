"""COPY into a table: many rows in one stream, some ten times as fast as any insert."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BLOCK_LINES = 2000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})


def copy_rows(
    connection: "Connection", table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Append rows to a table inside the transaction; None is NULL. table and columns are names of ours, never input.

    Text loses what Postgres cannot hold: NUL and lone surrogates.
    """
    copy_lines(connection, table, columns, map(_line, rows))


def copy_lines(connection: "Connection", table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """The same of lines that are written already: cells by `cell`, with tabs between them and a line end."""
    cursor = connection.connection.cursor()
    statement = f"copy {table} ({', '.join(columns)}) from stdin"
    try:
        cursor.execute(statement, stream=_blocks(lines))  # type: ignore[call-arg]
    finally:
        cursor.close()


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """The lines in few messages: the driver cuts a stream into pieces of 8 KB, and sends each by itself."""
    left = iter(lines)
    while block := "".join(islice(left, _BLOCK_LINES)):
        yield block.encode(errors="ignore")


def _line(row: Sequence[object]) -> str:
    return "\t".join(map(cell, row)) + "\n"


def cell(value: object) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    text = str(value)
    # Most cells are ids and numbers: looking is cheaper than translating.
    return text if text.isalnum() else text.translate(_ESCAPES)
