# SQL is generated here: names are quoted, values are bound or quoted
"""Pages of a table's rows, for tabledata.list and jobs.getQueryResults.

A page token says at which row the next page begins and of which table, so that a token given to another
process, or to this emulator after a restart, goes on where the last page ended. Query results do not
change, so their pages are one consistent snapshot.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Self

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.encoding import TimestampFormat, row_expression
from infra.local.emulators.bigquery.errors import invalid
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.sizes import table_rows

_MAX_BYTES = 10_000_000  # BigQuery ends a page near 10 MB
_BATCH = 5_000
_DEFAULT_ROWS = 100_000


@dataclass(frozen=True)
class PageRequest:
    """Which rows are asked for, and how."""

    start: int
    limit: int
    timestamps: TimestampFormat
    token: str | None = None
    selected: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: dict[str, str]) -> Self:
        """From the parameters of a request; a value that is no number is refused."""
        timestamps = TimestampFormat.SECONDS
        if str(query.get("formatOptions.useInt64Timestamp", "")).lower() == "true":
            timestamps = TimestampFormat.MICROSECONDS
        if output := query.get("formatOptions.timestampOutputFormat"):
            timestamps = TimestampFormat(output) if output in set(TimestampFormat) else timestamps
        selected = tuple(name for name in query.get("selectedFields", "").split(",") if name)
        start, limit = _number(query, "startIndex", 0), _number(query, "maxResults", _DEFAULT_ROWS)
        return cls(start, limit, timestamps, query.get("pageToken") or None, selected)


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text in (None, ""):
        return default
    if not str(text).isdigit():
        raise invalid(f"Invalid value for {name}: {text}")
    return int(str(text))


def read_page(cursor: DuckDBPyConnection, table: Table, request: PageRequest, head: dict[str, Any]) -> bytes:
    """The JSON answer: `head` with totalRows, pageToken and rows added.

    The rows are joined as the text DuckDB wrote, never parsed.
    """
    total = table_rows(cursor, table)
    start = _start(table, request)
    texts = _fetch(cursor, table, request, start, min(request.limit, max(0, total - start)), total)
    head["totalRows"] = str(total)
    end = start + len(texts)
    if end < total and request.limit:
        head["pageToken"] = _token(table, end)
    if not texts:
        return json.dumps(head).encode()
    return b"".join((json.dumps(head)[:-1].encode(), b', "rows": [', ",".join(texts).encode(), b"]}"))


def _fetch(
    cursor: DuckDBPyConnection, table: Table, request: PageRequest, start: int, count: int, total: int
) -> list[str]:
    texts: list[str] = []
    size = 0
    select = (
        f"SELECT {row_expression(_columns(table, request), request.timestamps)} FROM {table.name.duckdb} AS t"
    )
    dense = total > _BATCH and _is_dense(cursor, table, total)
    while len(texts) < count and size < _MAX_BYTES:
        first, wanted = start + len(texts), min(_BATCH, count - len(texts))
        where = (
            f"WHERE rowid >= {first} AND rowid < {first + wanted}"
            if dense
            else f"LIMIT {wanted} OFFSET {first}"
        )
        batch = [row[0] for row in cursor.execute(f"{select} {where}").fetchall()]
        texts += batch
        size += sum(map(len, batch))
    return texts


def _is_dense(cursor: DuckDBPyConnection, table: Table, total: int) -> bool:
    """Whether no row was ever deleted, so that a row's number is its rowid, and a page is found without
    counting.

    A query's result is never changed, so it need not be asked.
    """
    if table.name.parent.hidden:
        return True
    row = cursor.execute(f"SELECT max(rowid) + 1 FROM {table.name.duckdb}").fetchone()
    return row is not None and row[0] == total


def _columns(table: Table, request: PageRequest) -> list[Field]:
    if not request.selected:
        return list(table.fields)
    wanted = {name.split(".")[0].lower() for name in request.selected}
    if unknown := wanted - {field.name.lower() for field in table.fields}:
        raise invalid(f"Invalid field name: {sorted(unknown)[0]}")
    return [field for field in table.fields if field.name.lower() in wanted]


def _token(table: Table, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([table.created, table.name.table, start]).encode()).decode()


def _start(table: Table, request: PageRequest) -> int:
    if request.token is None:
        return request.start
    try:
        created, name, start = json.loads(base64.urlsafe_b64decode(request.token))
    except (ValueError, binascii.Error) as problem:
        raise invalid("Invalid page token") from problem
    if (created, name) != (table.created, table.name.table):
        raise invalid("Invalid page token: the table has been replaced since the token was given")
    return int(start)
