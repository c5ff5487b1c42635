# SQL is generated here: names are quoted, values are bound or quoted
"""tabledata.insertAll: rows checked one by one, and inserted together or, with skipInvalidRows, without the
bad ones.

A row whose insertId was seen for the same table within the last minute is taken as a repetition and left
out. As with the real service this is best effort: it is forgotten at a restart.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Catalog, Table
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.decoding import JsonDecoder
from infra.local.emulators.bigquery.destinations import insert_into
from infra.local.emulators.bigquery.errors import invalid
from infra.local.emulators.bigquery.names import TableName
from infra.local.emulators.bigquery.staging import stage_json, staged_columns

_MOST_ROWS = 50_000
_REMEMBERED = 60.0  # seconds
_MOST_IDS = 500_000


class StreamingInserts:
    """Serves insertAll for all tables."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[TableName, str], float] = OrderedDict()

    def insert(self, name: TableName, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Insert the rows of a request; returns the InsertErrors, by the index of the row in the request."""
        rows = body.get("rows") or []
        if not rows:
            raise invalid("No rows present in the request.")
        if len(rows) > _MOST_ROWS:
            raise invalid(
                f"too many rows present in the request, limit: {_MOST_ROWS} row count: {len(rows)}."
            )
        if body.get("templateSuffix"):
            raise invalid("Not served by the local emulator: templateSuffix")
        with self._database.transaction(writer=True) as cursor:
            table = self._catalog.table(cursor, name)
            if table.query is not None:
                raise invalid(f"Cannot add rows to the view {name}")
            fresh = [index for index, row in enumerate(rows) if not self._repeated(name, row)]
            problems = self._stage(cursor, table, [(index, rows[index]["json"]) for index in fresh], body)
            if problems and not body.get("skipInvalidRows"):
                return _errors(problems, range(len(rows)))
            columns = staged_columns(table.fields)
            good = f"SELECT {columns} FROM temp._inserted WHERE problem IS NULL ORDER BY number"
            cursor.execute(insert_into(table, table.fields, good))
            cursor.execute("DROP TABLE temp._inserted")
            self._catalog.save_table(cursor, table)
        self._remember(name, [rows[index] for index in fresh if index not in problems])
        return _errors(problems, ())

    def _stage(
        self, cursor: DuckDBPyConnection, table: Table, rows: list[tuple[int, Any]], body: Mapping[str, Any]
    ) -> dict[int, str]:
        ignore_unknown = bool(body.get("ignoreUnknownValues"))
        decoder = JsonDecoder(ignore_unknown=ignore_unknown, json_as_text=True)
        source = (
            "SELECT unnest(CAST($numbers AS BIGINT[])) AS number, "
            "CAST(unnest(CAST($documents AS VARCHAR[])) AS JSON) AS document"
        )
        staged = stage_json(source, table.fields, decoder, ignore_unknown=ignore_unknown, kept="number")
        values = {
            "numbers": [number for number, _ in rows],
            "documents": [json.dumps(row) for _, row in rows],
        }
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE _inserted AS {staged}", values)
        found = cursor.execute(
            "SELECT number, problem FROM temp._inserted WHERE problem IS NOT NULL"
        ).fetchall()
        return {int(number): str(problem) for number, problem in found}

    def _repeated(self, name: TableName, row: Mapping[str, Any]) -> bool:
        insert_id = row.get("insertId")
        if not insert_id:
            return False
        with self._lock:
            seen = self._seen.get((name, insert_id))
        return seen is not None and time.monotonic() - seen < _REMEMBERED

    def _remember(self, name: TableName, rows: list[Mapping[str, Any]]) -> None:
        now = time.monotonic()
        with self._lock:
            for row in rows:
                if row.get("insertId"):
                    self._seen[name, row["insertId"]] = now
            while len(self._seen) > _MOST_IDS:
                self._seen.popitem(last=False)


def _errors(problems: Mapping[int, str], stopped: range | tuple[()]) -> list[dict[str, Any]]:
    """One entry for each bad row; `stopped` are the rows that were left out because of the others."""
    out = []
    for index in sorted({*problems, *stopped}):
        if index in problems:
            location = _location(problems[index])
            error = {"reason": "invalid", "location": location, "debugInfo": "", "message": problems[index]}
        else:
            error = {"reason": "stopped", "location": "", "debugInfo": "", "message": ""}
        out.append({"index": index, "errors": [error]})
    return out


def _location(problem: str) -> str:
    """The field a message is about."""
    for mark in ("Field: ", "no such field: ", "Missing required field: "):
        if mark in problem:
            return problem.split(mark, 1)[1].split(";")[0].rstrip(".")
    return ""
