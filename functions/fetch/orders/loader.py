"""A user's own order book into the source: all of its columns, as text, in the place of the book that was there.

The file is the order book as of now, so the table `orders` is replaced as a whole and in one moment: what is not in the
file is gone, and the next run can tell. Rows travel as objects of some thousand lines each and are loaded by one job, so
memory stays bounded and the table is never half old, half new.

A row that cannot be read (more cells than headers, quotes that do not match, no JSON object) goes to quarantine with its
row, column and reason. It must not look like a deleted order either: the table keeps a row for it that has only
`source_row` and `load_problem`. Whoever reads the table sees by such a row that the book is incomplete, and as nobody can
tell which order it was, no order of any customer may be taken for deleted. A replay from quarantine puts the mended
cells into that row. What cells mean is no matter here: they are kept as they are.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, BinaryIO

import orjson

from common.errors import ShelflineError, Usage
from common.intake import EveryColumn, Problem, Row, read_rows
from common.interface.loading import Loaded, Prepared
from common.problems import excerpt
from common.services import Services
from common.warehouse.export import quoted_column
from common.warehouse.port import Column, Disposition
from functions.fetch.orders.expected_columns import Expected, ExpectedColumns
from functions.fetch.orders.quarantine import Quarantine
from functions.fetch.orders.schema import (
    LOAD_PROBLEM,
    SOURCE_ROW,
    TABLE,
    ColumnNames,
    labels,
    load_of,
)

_BATCH = 4000  # rows of one object
_PATIENCE = 300.0  # seconds for a load job to end
_BLOCK = 1 << 20
_TEXT = frozenset({str})

Cells = dict[str, str | int]
"""A row of the table: name of a column -> text, and `source_row`; columns without a value are left out."""


class OrdersLoader:
    """Fills the table that the orders flow reads."""

    def __init__(self, services: Services, expected: Expected | None = None) -> None:
        self._services = services
        self._expected = expected or ExpectedColumns(services)
        self._columns: tuple[Column, ...] | None = None

    def load(
        self, stream: BinaryIO, *, file: str, tenant: str, mapping: Mapping[str, str | None] | None = None
    ) -> Loaded:
        """Replace the order book by an open file that can seek.

        file: its name, as quarantine tells it. mapping: their header → our column, None to leave it out.
        Raises Usage when it cannot be read at all or has no row, Unavailable or Retry when a service did not answer: load
        it again.
        """
        load = fingerprint(stream, mapping or {})
        with read_rows(stream, EveryColumn(), mapping) as entries:
            quarantine = Quarantine(self._services, tenant, file, load)
            book = _Book(entries, quarantine)
            with self._uploaded(book.batches()) as uris:
                before = self._rows_before()
                schema = book.names.schema(load)
                if uris:
                    self._expected.check(tenant, schema)
                now = self._load(uris, TABLE, schema)
            quarantine.flush()
            refitted = self._expected.refit(tenant, schema, file)
            return Loaded(
                flow="orders",
                file=file,
                read=book.read,
                loaded=now - quarantine.count,
                rejected=quarantine.count,
                problems=quarantine.shown,
                notices=[*entries.notices, *book.notices(), *refitted],
                unused_columns=list(entries.unused),
                rows_before=before,
                rows_now=now,
            )

    def prepare(self, raw: Mapping[str, Any]) -> Prepared | list[Problem]:
        """A row of quarantine, {"source_row": 17, "load": "…", "cells": {"PO NUMBER": "8148-00", …}}, or what is wrong with it.

        It fits only the book that it came from: once another file was loaded, that file has the order, or not.
        """
        number, cells = raw.get(SOURCE_ROW), raw.get("cells")
        if not isinstance(number, int) or isinstance(number, bool):
            return [
                Problem(SOURCE_ROW, "missing", excerpt(number), "A row says which row of its file it was.")
            ]
        if raw.get("load") != load_of(self._table_columns()):
            detail = "Another order book was loaded since; correct this row in its file and load that."
            return [Problem("", "superseded", "", detail, number)]
        if not isinstance(cells, Mapping) or not cells:
            detail = 'Give its cells: {"AAG ORDER NUMBER": "…", …}, by the headers of the book.'
            return [Problem("", "no_cells", excerpt(cells), detail, number)]
        problems = self._problems(cells, number)
        return problems or Prepared(key=f"row {number}", data={SOURCE_ROW: number, "cells": dict(cells)})

    def load_raw(self, raws: Sequence[Mapping[str, Any]]) -> None:
        """Put mended rows, which `prepare` takes, into the place of those they were read from."""
        names = {label: name for name, label in labels(self._table_columns()).items()}
        rows: list[Cells] = []
        for raw in raws:
            texts = {names[label]: _text(value) for label, value in raw["cells"].items()}
            rows.append({**{n: text for n, text in texts.items() if text}, SOURCE_ROW: raw[SOURCE_ROW]})
        staging = f"orders_mended_{uuid.uuid4().hex}"
        with self._uploaded([rows]) as uris:
            self._load(uris, staging, self._table_columns())
        self._services.warehouse.execute(merge_statement(staging, self._table_columns()), {})
        self._services.warehouse.execute(f"drop table if exists {staging}", {})

    def options_for(self, raws: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Options of a run that takes these rows up: none, as only a whole reading can tell what is gone."""
        return {}

    def _problems(self, cells: Mapping[str, Any], number: int) -> list[Problem]:
        known = set(labels(self._table_columns()).values())
        problems = [
            Problem(label, "unknown_column", excerpt(label), "The order book has no such header.", number)
            for label in cells
            if label not in known
        ]
        return problems + [
            _nested(label, value, number) for label, value in cells.items() if _text(value) is None
        ]

    def _table_columns(self) -> tuple[Column, ...]:
        if self._columns is None:
            self._columns = self._services.warehouse.table(TABLE).columns
        return self._columns

    def _rows_before(self) -> int:
        warehouse = self._services.warehouse
        return (warehouse.table(TABLE).rows or 0) if warehouse.table_exists(TABLE) else 0

    def _load(self, uris: Sequence[str], table: str, schema: Sequence[Column]) -> int:
        """Put the rows of objects into the place of a table; how many there are."""
        if not uris:
            raise Usage(
                "The file has no row below its headers; an empty order book would mean that every order is gone.",
                reason="no_rows",
            )
        job_id = f"shelfline_load_{uuid.uuid4().hex}"
        self._services.warehouse.load_objects(job_id, table, uris, schema, Disposition.REPLACE)
        return self._services.warehouse.finished(job_id, _PATIENCE).output_rows or 0

    @contextmanager
    def _uploaded(self, batches: Iterable[Sequence[Cells]]) -> Iterator[list[str]]:
        """Objects of these rows, for as long as they are needed; their URIs. A load that still runs goes on needing them."""
        objects, bucket = self._services.objects, self._services.environment.bucket
        prefix, names = f"loads/orders/{uuid.uuid4().hex}", list[str]()
        try:
            for number, batch in enumerate(batches):
                names.append(f"{prefix}/{number:06}.ndjson")
                body = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch)
                objects.put(names[-1], body, content_type="application/x-ndjson")
            yield [f"gs://{bucket}/{name}" for name in names]
        except ShelflineError as error:
            if error.reason != "job_running":
                _delete(self._services, names)
            raise
        _delete(self._services, names)


class _Book:
    """The rows of one file on their way, and the names of its columns."""

    def __init__(self, entries: Iterable[Row | Problem], quarantine: Quarantine) -> None:
        self._entries = entries
        self._quarantine = quarantine
        self._met: Set[str] = frozenset()
        self.names = ColumnNames()
        self.read = 0

    def batches(self) -> Iterator[list[Cells]]:
        """All rows as the table takes them; those that cannot be read by their row and problem alone."""
        batch: list[Cells] = []
        for entry in self._entries:
            self.read += 1
            batch.append(self._row(entry))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def notices(self) -> list[str]:
        """Sentences a person should read before trusting the book."""
        if not self._quarantine.count:
            return []
        return ["Until every row can be read, no order is taken for deleted."]

    def _row(self, entry: Row | Problem) -> Cells:
        if isinstance(entry, Problem):
            return self._refused(entry)
        if entry.values.keys() != self._met:
            self.names.add(entry.values)
            self._met = entry.values.keys()
        texts = entry.values
        if not _TEXT.issuperset(map(type, texts.values())):
            texts = {label: _text(value) for label, value in texts.items()}
            if bad := next((label for label, text in texts.items() if text is None), None):
                return self._refused(_nested(bad, entry.values[bad], entry.number))
        names = self.names.names
        cells: Cells = {names[label]: text for label, text in texts.items() if text}
        cells[SOURCE_ROW] = entry.number
        return cells

    def _refused(self, problem: Problem) -> Cells:
        self._quarantine.add(problem)
        told = (
            f"{problem.reason}: {problem.column}: {problem.detail}"
            if problem.column
            else f"{problem.reason}: {problem.detail}"
        )
        return {SOURCE_ROW: problem.row or 0, LOAD_PROBLEM: told}


def merge_statement(staging: str, columns: Sequence[Column]) -> str:
    """SQL that puts rows of another table of the same columns into the place of those of the same `source_row`."""
    names = [quoted_column(column.name) for column in columns]
    updates = ", ".join(f"{name} = new.{name}" for name in names)
    # Names are checked, and `staging` is made of hexadecimal digits.
    return f"""
        merge into {TABLE} as old using {staging} as new on old.{SOURCE_ROW} = new.{SOURCE_ROW}
        when matched then update set {updates}
        when not matched then insert ({", ".join(names)}) values ({", ".join(f"new.{name}" for name in names)})
    """  # noqa: S608


def _text(value: Any) -> str | None:
    """A cell as text, "" where there is none; None for what is no cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()  # as spreadsheets write it
    return str(value) if isinstance(value, int | float | Decimal) else None


def _nested(label: str, value: Any, number: int) -> Problem:
    return Problem(
        label, "not_a_cell", excerpt(value), "A cell holds a text or a number, no list and no object.", number
    )


def _delete(services: Services, names: Iterable[str]) -> None:
    for name in names:
        services.objects.delete(name)


def fingerprint(stream: BinaryIO, mapping: Mapping[str, str | None]) -> str:
    """24 hexadecimal digits that tell one file, read by one mapping, from any other."""
    digest = hashlib.sha256(json.dumps(mapping, sort_keys=True).encode() + b"\n")
    stream.seek(0)
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()[:24]
