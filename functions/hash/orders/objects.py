"""One object of the order table: fingerprints of its rows, compared with the snapshots set by set; only deltas become items."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from common.customers.book import CustomerBook
from common.customers.store import current
from common.errors import Refuse
from common.flows.orders import is_baseline
from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim
from common.problems import Problem
from common.services import Services
from functions.fetch.orders.columns_version import versions
from functions.fetch.orders.schema import SOURCE_ROW
from functions.fetch.parts.source import as_json as problem_json
from functions.hash.orders.ahead import ahead
from functions.hash.orders.baseline import adopt_rows
from functions.hash.orders.batch import BATCH_ROWS
from functions.hash.orders.deltas import Delta, find_deltas, recognise, remember, remembers, stamp
from functions.hash.orders.other_columns import same_under
from functions.hash.orders.rows import OrderRows, RawRows, ReadRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

Content: TypeAlias = RawRows | Sequence[ReadRow]

_LAST_POSITION = 1000


@dataclass(frozen=True)
class Known:
    """What an object is read with."""

    book: CustomerBook
    versions: Mapping[int, Sequence[str]]
    recognises: bool
    """Whether rows may look as they did; else all of them are told apart at once, ahead of their transaction."""


@dataclass(frozen=True)
class Segment:
    """Rows that are compared in one transaction: told apart already, or as they came, so that most are recognised."""

    rows: OrderRows
    content: Content

    @property
    def count(self) -> int:
        """Of its rows."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Children that stand for rows which cannot be taken: counted, kept in quarantine, and mended there."""

    rows: OrderRows
    load: str | None

    def of(self, row: ReadRow, key: str, problems: Sequence[Problem]) -> Child:
        """A row under a key, with all that is wrong with it."""
        told = [
            {**problem_json(problem), "row": row.number, "customer": row.customer} for problem in problems
        ]
        raw: dict[str, Any] = {"cells": self.rows.cells_by_header(row)}
        if self.load is not None:  # only a row of a loaded file has a place that it can be put back into
            raw |= {SOURCE_ROW: row.number, "load": self.load}
        return Child(key=key, row=row.number, problems=told, raw=raw)


class OrderObjects:
    """Reads one object, a segment of rows at a time, so that memory does not depend on its size."""

    def __init__(self, services: Services) -> None:
        self._objects = services.objects

    def load(self, connection: "Connection", claim: Claim) -> Known:
        """The customers as of the run's start, and the columns of each version of fingerprints."""
        tenant = claim.run.tenant
        book = current(connection, tenant, claim.run.frozen_at).book
        recognises = not is_baseline(claim.run.options) and remembers(connection, tenant)
        return Known(book, versions(connection, tenant), recognises)

    def read(self, claim: Claim, known: Known) -> Iterator[Page]:
        """Segments from the cursor's row on."""
        with self._objects.open(claim.cursor["object"]) as stream:
            cells = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))
            _check_header(next(cells, []), claim.cursor["names"])
            yield from self.pages(claim, known, islice(cells, int(claim.cursor["rows"]), None))

    def pages(self, claim: Claim, known: Known, cells: Iterator[list[str]]) -> Iterator[Page]:
        """A page for each segment of these rows, which are those from the cursor's row on; at least one."""
        cursor = claim.cursor
        rows = OrderRows(
            cursor["labels"], known.book, claim.run.tenant, known.versions[cursor["hash_version"]]
        )
        done = int(cursor["rows"])
        take = partial(_raw if known.recognises else _told_apart, rows)
        for content, last in ahead(_segments(take, cells, done, claim.run.settings.segment_rows)):
            done += len(content)
            yield Page(cursor={**cursor, "rows": done}, last=last, content=Segment(rows, content))

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Compare a segment with the snapshots, in the transaction that records it."""
        segment: Segment = page.content
        done = int(page.cursor["rows"]) - segment.count
        read = _read(connection, claim, segment, done)
        if is_baseline(claim.run.options):
            return _adopted(connection, claim, page, segment, read)
        version = int(claim.cursor["hash_version"])
        found = find_deltas(connection, claim, read, done)
        deltas, same = _apart(connection, claim.run.tenant, segment, found, version)
        stamp(connection, claim, same, version)
        remember(connection, claim, done)
        refusals = Refusals(segment.rows, claim.cursor["load"])
        children = [_child(segment.rows, refusals, delta, version) for delta in deltas]
        children += [refusals.of(row, f"row {row.number}", [row.problem]) for row in read if row.problem]
        children.sort(key=lambda child: -child.priority)
        return replace(page, children=children, unchanged=segment.count - len(children))


def _check_header(header: Sequence[str], names: Sequence[str]) -> None:
    """Raise Refuse when the columns are not those that the table had when it was looked at: cells would change places."""
    if list(header) != list(names):
        raise Refuse(
            "The order table was replaced while it was being exported: nothing is compared. Start the run again.",
            reason="source_replaced",
        )


def _read(connection: "Connection", claim: Claim, segment: Segment, done: int) -> Sequence[ReadRow]:
    """The rows of a segment that are to be compared, told apart; all others are recognised."""
    if isinstance(segment.content, RawRows):
        return segment.rows.read(recognise(connection, claim, segment.content, done))
    return segment.content


def _adopted(
    connection: "Connection", claim: Claim, page: Page, segment: Segment, read: Sequence[ReadRow]
) -> Page:
    refused = adopt_rows(connection, claim, segment.rows, read)
    refusals = Refusals(segment.rows, claim.cursor["load"])
    children = [refusals.of(row, row.key or f"row {row.number}", problems) for row, problems in refused]
    return replace(page, children=children, unchanged=segment.count - len(children))


def _segments(
    take: Callable[[Iterator[list[str]], int], Content], cells: Iterator[list[str]], done: int, size: int
) -> Iterator[tuple[Content, bool]]:
    """Rows so many at a time, as `take` has them, and whether they are the last."""
    following = next(cells, None)
    while True:
        content = take(islice(cells if following is None else chain([following], cells), size), done)
        done += len(content)
        following = next(cells, None)
        yield content, following is None
        if following is None:
            return


def _raw(rows: OrderRows, cells: Iterator[list[str]], done: int) -> RawRows:
    return rows.raw_rows(list(cells), done)


def _told_apart(rows: OrderRows, cells: Iterator[list[str]], done: int) -> list[ReadRow]:
    read: list[ReadRow] = []
    # A batch is told apart while the processor's caches still hold it.
    while batch := list(islice(cells, BATCH_ROWS)):
        read += rows.read(rows.raw_rows(batch, done + len(read)))
    return read


def _apart(
    connection: "Connection", tenant: str, segment: Segment, found: Sequence[Delta], version: int
) -> tuple[list[Delta], list[Delta]]:
    """Deltas proper; and rows that are what they were under the version of columns that they were held under."""
    same: list[Delta] = []
    earlier = sorted({delta.held_version for delta in found if delta.held_version is not None})
    columns = versions(connection, tenant) if earlier else {}
    for each in earlier:
        held = [delta for delta in found if delta.held_version == each]
        same += same_under(connection, tenant, segment.rows, held, before=columns[each], now=columns[version])
    unchanged = {(delta.row.key, delta.row.hash) for delta in same}
    return [delta for delta in found if (delta.row.key, delta.row.hash) not in unchanged], same


def _child(rows: OrderRows, refusals: Refusals, delta: Delta, version: int) -> Child:
    row = delta.row
    record = rows.record(row)
    if isinstance(record, list):
        return refusals.of(row, row.key, record)
    data: dict[str, Any] = {
        "operation": delta.operation,
        "customer": row.customer,
        "label": rows.label(row),
        "record": record,
        "source_hash": row.hash,
        "hash_version": version,
        "row": row.number,
        "load": refusals.load,
    }
    return Child(key=row.key, row=row.number, priority=1 - rows.position(row) / _LAST_POSITION, data=data)
