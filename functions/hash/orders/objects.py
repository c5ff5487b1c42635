"""One object of the order table: fingerprints of its rows, compared with the snapshots set by set; only deltas become items."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from common.customers.book import CustomerBook
from common.customers.store import current
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
from functions.hash.orders.deltas import Delta, find_deltas, stamp
from functions.hash.orders.rows import OrderRows, ReadRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LAST_POSITION = 1000


@dataclass(frozen=True)
class Known:
    """What an object is read with."""

    book: CustomerBook
    versions: Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class Segment:
    """Rows that are compared in one transaction."""

    rows: OrderRows
    read: Sequence[ReadRow]


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
        raw: dict[str, Any] = {"cells": self.rows.raw(row)}
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
        return Known(current(connection, tenant, claim.run.frozen_at).book, versions(connection, tenant))

    def read(self, claim: Claim, known: Known) -> Iterator[Page]:
        """Segments from the cursor's row on."""
        with self._objects.open(claim.cursor["object"]) as stream:
            cells = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))
            next(cells, None)  # the header; its labels are in the cursor
            yield from self.pages(claim, known, islice(cells, int(claim.cursor["rows"]), None))

    def pages(self, claim: Claim, known: Known, cells: Iterator[list[str]]) -> Iterator[Page]:
        """A page for each segment of these rows, which are those from the cursor's row on; at least one."""
        cursor = claim.cursor
        rows = OrderRows(
            cursor["labels"], known.book, claim.run.tenant, known.versions[cursor["hash_version"]]
        )
        done = int(cursor["rows"])
        for read, last in ahead(_segments(rows, cells, done, claim.run.settings.segment_rows)):
            done += len(read)
            yield Page(cursor={**cursor, "rows": done}, last=last, content=Segment(rows, read))

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Compare a segment with the snapshots, in the transaction that records it."""
        segment: Segment = page.content
        if is_baseline(claim.run.options):
            return _adopted(connection, claim, page, segment)
        version = int(claim.cursor["hash_version"])
        found = find_deltas(connection, claim, segment.read)
        deltas, same = _apart(connection, claim.run.tenant, segment, found)
        stamp(connection, claim, same, version)
        refusals = Refusals(segment.rows, claim.cursor["load"])
        children = [_child(segment.rows, refusals, delta, version) for delta in deltas]
        children += [
            refusals.of(row, f"row {row.number}", [row.problem]) for row in segment.read if row.problem
        ]
        children.sort(key=lambda child: -child.priority)
        return replace(page, children=children, unchanged=len(segment.read) - len(children))


def _adopted(connection: "Connection", claim: Claim, page: Page, segment: Segment) -> Page:
    refused = adopt_rows(connection, claim, segment.rows, segment.read)
    refusals = Refusals(segment.rows, claim.cursor["load"])
    children = [refusals.of(row, row.key or f"row {row.number}", problems) for row, problems in refused]
    return replace(page, children=children, unchanged=len(segment.read) - len(children))


def _segments(
    rows: OrderRows, cells: Iterator[list[str]], done: int, size: int
) -> Iterator[tuple[list[ReadRow], bool]]:
    """Rows told apart, so many at a time, and whether they are the last."""
    following = next(cells, None)
    while True:
        wanted = islice(cells if following is None else chain([following], cells), size)
        read: list[ReadRow] = []
        # A batch is told apart while the processor's caches still hold it.
        while batch := list(islice(wanted, BATCH_ROWS)):
            read += rows.read(batch, done + len(read))
        done += len(read)
        following = next(cells, None)
        yield read, following is None
        if following is None:
            return


def _apart(
    connection: "Connection", tenant: str, segment: Segment, found: Sequence[Delta]
) -> tuple[list[Delta], list[Delta]]:
    """Deltas proper; and rows that are what they were under the version of columns that they were held under."""
    same: list[Delta] = []
    earlier = sorted({delta.held_version for delta in found if delta.held_version is not None})
    columns = versions(connection, tenant) if earlier else {}
    for version in earlier:
        held = [delta for delta in found if delta.held_version == version]
        hashes = segment.rows.hashes_under([delta.row for delta in held], columns[version])
        same += [delta for delta, hash_ in zip(held, hashes, strict=True) if hash_ == delta.held_hash]
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
