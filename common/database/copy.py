"""COPY into a table: many rows in one stream, some ten times as fast as any insert."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})


def copy_rows(
    connection: "Connection", table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Append rows to a table inside the transaction; None is NULL. table and columns are names of ours, never input."""
    copy_lines(connection, table, columns, map(_line, rows))


def copy_lines(connection: "Connection", table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """The same of lines that are written already: cells by `cell`, with tabs between them and a line end."""
    stream = io.BytesIO("".join(lines).encode())
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"copy {table} ({', '.join(columns)}) from stdin", stream=stream)  # type: ignore[call-arg]
    finally:
        cursor.close()


def _line(row: Sequence[object]) -> str:
    return "\t".join(map(cell, row)) + "\n"


def cell(value: object) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    text = str(value)
    # Most cells are ids and numbers: looking is cheaper than translating.
    return text if text.isalnum() else text.translate(_ESCAPES)
