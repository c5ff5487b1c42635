"""The order table of one run as objects in Cloud Storage: what a run read stays there, and can be read again.

A large table is exported by BigQuery itself, many rows at once; a small or filtered one is paged and written here. Either
way each object is then read, compared and recorded by a wake-up of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from common.customers.book import CustomerBook
from common.customers.store import current
from common.errors import Misconfigured, NotFound, Retry
from common.flows.orders import is_complete
from common.pipeline.flow import Page, Piece
from common.pipeline.item import Claim
from common.services import Services
from functions.fetch.orders.columns_version import ensure_version
from functions.fetch.orders.csv_object import csv_object
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.query import Selection, export_of, job_id, select_of
from functions.fetch.orders.rollback import RollbackSource
from functions.fetch.orders.schema import TABLE, all_labels, load_of
from functions.push.orders.promote import promote_left_over

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.warehouse.port import TableFacts

_LEFT_OVER = """
select shelfline_forget_rows_v1(r.id) from runs r where r.tenant_id = %s and r.flow = 'orders'
  and r.state in ('completed', 'failed', 'cancelled') and (
  exists (select from seen where run_id = r.id) or exists (select from recognised where run_id = r.id))
"""
# Rows of a book that another has taken the place of cannot be mended any more: the new book has them, or not.
_SUPERSEDED = """
update quarantine set state = 'superseded' where tenant_id = %s and flow = 'orders' and state = 'open' and raw->>'load' <> %s
"""
_ANOTHER = """
select id from runs where tenant_id = %s and flow = 'orders' and id <> %s and state in ('pending', 'running', 'cancelling')
  and (created_at, id) < (select created_at, id from runs where id = %s) order by created_at limit 1
"""
_REPLAYED = """
select phase, cursor from chunks where tenant_id = %s and run_id = %s and step = 'hash' and kind = 'source' order by id
"""


@dataclass(frozen=True, slots=True)
class BookRead:
    """What is the same for all objects of a run."""

    names: Sequence[str]
    """Of the columns, in their order: what the header of an object has to say."""
    labels: Sequence[str]
    """Of the same."""
    load: str | None
    """Which load of a file filled the table; None where it was none of ours."""


@dataclass(frozen=True)
class Known:
    """What the source needs to know from our tables."""

    book: CustomerBook
    another_run: str | None
    """An earlier run of the flow that has not settled: two would compare with the same snapshots."""
    objects: Sequence[Mapping[str, Any]]
    """Cursors of the objects that an earlier run read."""
    end: Mapping[str, Any] | None
    """The cursor with which its reconciliation began; None where it did not come to the end of its source."""


class OrdersSource:
    """Declares the objects of a run, and the reconciliation that follows when all of them have been read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rollback = RollbackSource()

    def load(self, connection: "Connection", claim: Claim) -> Any:
        """The customer book of the run's start, and what of earlier runs stands in the way."""
        run = claim.run
        if "rollback_of" in run.options:
            return self._rollback.load(connection, claim)
        another = connection.exec_driver_sql(_ANOTHER, (run.tenant, run.id, run.id)).scalar()
        replayed = connection.exec_driver_sql(_REPLAYED, (run.tenant, run.options.get("replay_of"))).all()
        return Known(
            book=current(connection, run.tenant, run.frozen_at).book,
            another_run=another,
            objects=[row.cursor for row in replayed if not row.phase],
            end=next((row.cursor for row in replayed if row.phase), None),
        )

    def read(self, claim: Claim, known: Any) -> Iterator[Page]:
        """Pieces, one for each object. Raises Retry while an export, or an earlier run, is under way."""
        if "rollback_of" in claim.run.options:
            yield from self._rollback.read(claim, known)
            return
        if known.another_run:
            raise Retry(f"The run {known.another_run} has not ended yet.", reason="not_done_yet", after=5)
        if "replay_of" in claim.run.options:
            yield self._replayed(claim, known)
            return
        facts = self._services.warehouse.table(TABLE)
        names = [column.name for column in facts.columns]
        book_read = BookRead(names, all_labels(facts.columns), load_of(facts.columns))
        if self._is_large(claim, facts):
            yield self._exported(claim, facts, book_read)
            return
        yield from self._paged(claim, facts, book_read, known.book)

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Fix the version of the columns that fingerprints cover, before anything is compared."""
        if page.content is None:
            return page
        connection.exec_driver_sql(_LEFT_OVER, (claim.run.tenant,))
        if claim.run.may_write:
            promote_left_over(connection, claim.run.tenant)
        if page.content.load is not None:
            connection.exec_driver_sql(_SUPERSEDED, (claim.run.tenant, page.content.load))
        layout = Layout(page.content.labels)
        version = ensure_version(connection, claim.run.tenant, layout, is_trial=not claim.run.may_write)
        pieces = [replace(piece, cursor={**piece.cursor, "hash_version": version}) for piece in page.pieces]
        return replace(page, pieces=pieces)

    def _is_large(self, claim: Claim, facts: "TableFacts") -> bool:
        large = facts.rows is None or facts.rows >= claim.run.settings.export_from_rows
        return large and is_complete(claim.run.options)

    def _exported(self, claim: Claim, facts: "TableFacts", book_read: BookRead) -> Page:
        job, prefix = job_id(claim.run.id), _prefix(claim.run.id)
        uri = f"gs://{self._services.environment.bucket}/{prefix}*.csv"
        statement = export_of(facts, uri, claim.run.frozen_at)
        self._services.warehouse.start_query(job, statement.sql, statement.parameters)
        state = self._services.warehouse.job(job)
        if state is None or state.state != "DONE":
            raise Retry("BigQuery still exports the orders.", reason="job_running", after=1)
        if state.error is not None:
            raise state.error
        names = [stored.name for stored in self._services.objects.list(prefix)]
        pieces = [_piece(name, book_read) for name in names]
        return Page(
            pieces=[*pieces, _reconcile(state.output_rows, complete=True)],
            declared=state.output_rows,
            content=book_read,
            last=True,
        )

    def _paged(
        self, claim: Claim, facts: "TableFacts", book_read: BookRead, book: CustomerBook
    ) -> Iterator[Page]:
        options = claim.run.options
        selection = Selection(
            customers=book.find(options["customer"]).spellings if "customer" in options else (),
            po_number=options.get("po_number"),
            limit=options.get("limit"),
        )
        job = job_id(claim.run.id)
        statement = select_of(facts, selection)
        self._services.warehouse.start_query(job, statement.sql, statement.parameters)
        token, number = claim.cursor.get("page_token"), int(claim.cursor.get("page", 0))
        while True:
            page = self._services.warehouse.query_page(job, token, claim.run.settings.segment_rows)
            name = f"{_prefix(claim.run.id)}{number:012}.csv"
            self._services.objects.put(name, csv_object(facts.columns, page.rows), content_type="text/csv")
            token, number = page.next_page_token, number + 1
            last = token is None
            pieces = [_piece(name, book_read)]
            yield Page(
                pieces=[*pieces, _reconcile(page.total_rows, complete=is_complete(options))]
                if last
                else pieces,
                cursor={"page_token": token, "page": number},
                declared=page.total_rows,
                content=book_read,
                last=last,
            )

    def _replayed(self, claim: Claim, known: Known) -> Page:
        """What the earlier run read, as far as it read: of a filtered one nothing is taken for gone now either."""
        earlier, end = claim.run.options["replay_of"], known.end
        if end is None or not known.objects:
            raise NotFound(
                f"The run {earlier} has not read its source to the end: start a run without replay_of.",
                reason="nothing_to_replay",
            )
        for cursor in known.objects:
            if self._services.objects.stat(cursor["object"]) is None:
                raise Misconfigured(
                    f"{cursor['object']} of the run {earlier} is gone: start a run without replay_of.",
                    reason="replay_gone",
                )
        first = known.objects[0]
        book_read = BookRead(first["names"], first["labels"], first["load"])
        pieces = [_piece(cursor["object"], book_read) for cursor in known.objects]
        return Page(
            pieces=[*pieces, _reconcile(end["declared"], complete=end["complete"])],
            declared=end["declared"],
            content=book_read,
            last=True,
        )


def _prefix(run_id: str) -> str:
    return f"orders/{run_id}/"


def _piece(name: str, book_read: BookRead) -> Piece:
    columns = {"names": list(book_read.names), "labels": list(book_read.labels)}
    return Piece(step="hash", cursor={"object": name, **columns, "load": book_read.load, "rows": 0})


def _reconcile(declared: int | None, *, complete: bool) -> Piece:
    return Piece(step="hash", phase="reconcile", cursor={"complete": complete, "declared": declared})
