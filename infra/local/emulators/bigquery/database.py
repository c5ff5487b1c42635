"""The DuckDB database file: connections, transactions, and the functions that BigQuery has and DuckDB
lacks.

Each piece of work takes its own cursor (a cursor is a connection of its own). Readers never wait. Work that
changes a named table holds the writer lock for its transaction, because DuckDB would otherwise refuse the
second of two transactions that touch the same rows, while BigQuery lets it wait.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.farm import farm_fingerprint

# The typeof() tests are folded while a statement is planned; the branches not taken cost nothing.
_MACROS = r"""
CREATE OR REPLACE MACRO bq_divide(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE a / b END;
CREATE OR REPLACE MACRO bq_decimal_text(x) AS
    regexp_replace(regexp_replace(CAST(x AS VARCHAR), '(\.[0-9]*?)0+$', '\1'), '\.$', '');
CREATE OR REPLACE MACRO bq_int64(x) AS CASE
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(round(try_cast(x AS DOUBLE)) AS BIGINT)
    WHEN typeof(x) = 'VARCHAR' AND contains(try_cast(x AS VARCHAR), '.')
        THEN error('Bad int64 value: ' || try_cast(x AS VARCHAR))
    ELSE CAST(x AS BIGINT) END;
CREATE OR REPLACE MACRO bq_safe_int64(x) AS CASE
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN try_cast(round(try_cast(x AS DOUBLE)) AS BIGINT)
    WHEN typeof(x) = 'VARCHAR' AND contains(try_cast(x AS VARCHAR), '.') THEN NULL
    ELSE try_cast(x AS BIGINT) END;
CREATE OR REPLACE MACRO bq_bytes(x) AS CASE
    WHEN typeof(x) = 'BLOB' THEN try_cast(x AS BLOB) ELSE encode(CAST(x AS VARCHAR)) END;
CREATE OR REPLACE MACRO bq_string(x) AS CASE
    WHEN typeof(x) = 'BLOB' THEN decode(try_cast(x AS BLOB))
    WHEN typeof(x) LIKE 'DECIMAL%' THEN bq_decimal_text(x)
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN regexp_replace(CAST(x AS VARCHAR), '\.0$', '')
    ELSE CAST(x AS VARCHAR) END;
CREATE OR REPLACE MACRO bq_element(a, i) AS CASE
    WHEN i < 1 OR i > len(a) THEN error('Array index ' || (i - 1) || ' is out of bounds') ELSE a[i] END;
"""


class Database:
    """One DuckDB file, shared by all threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "custom_user_agent": "shelfline",
        }
        self._root = duckdb.connect(str(path), config=config)
        self._root.execute("LOAD icu; LOAD json; LOAD parquet; SET GLOBAL TimeZone = 'UTC'")
        self._root.create_function("bq_farm_fingerprint", farm_fingerprint, ["BLOB"], "BIGINT")
        self._root.execute(_MACROS)
        self._writer = threading.RLock()

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """A connection for one thread; each statement on it is its own transaction."""
        cursor = self._root.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def transaction(self, *, writer: bool) -> Iterator[DuckDBPyConnection]:
        """A transaction that commits when the block ends and rolls back when it raises.

        writer: it changes tables or the catalogue's rows of tables that others may change too.
        """
        with self._turn(writer), self.cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
            except BaseException:
                _roll_back(cursor)
                raise
            cursor.execute("COMMIT")

    @contextmanager
    def _turn(self, writer: bool) -> Iterator[None]:
        if not writer:
            yield
            return
        with self._writer:
            yield

    def close(self) -> None:
        """Write everything into the file and let it go."""
        self._root.close()


def _roll_back(cursor: DuckDBPyConnection) -> None:
    """Undo; DuckDB has already done so itself after some errors."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        return
