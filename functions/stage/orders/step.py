"""Stage each order as a change a person can review, and as rows of its customer's batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from common.canonical import record_hash
from common.customers.book import CustomerBook
from common.customers.store import current
from common.database.engine import as_json
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.problems import Problem
from common.services import Services
from functions.decide.orders.step import SEASONS
from functions.fetch.orders.columns_version import versions
from functions.hash.orders.refusal import refused
from functions.stage.orders.document import Document, as_held_where_silent, shown_differences
from functions.stage.orders.document import document as board_document
from functions.stage.orders.staging import board_lane, stage_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

TARGET = "monday"

_HELD = """
select s.key, s.target_hash, s.target_doc, s.deleted_at is not null as is_deleted, o.board_id
from snapshots s left join orders o on o.tenant_id = s.tenant_id and o.key = s.key and o.deleted_at is null
where s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday'
  and s.key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a board is known to hold of an order."""

    version: str
    document: Mapping[str, Any]
    board: str | None
    """None for an order that a baseline has adopted and no board holds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a board should hold of an order; no document: nothing any more."""

    operation: str
    document: Mapping[str, Any] | None
    version: str | None
    board: str


@dataclass(frozen=True)
class Known:
    """What staging needs to know."""

    held: Mapping[str, Held]
    book: CustomerBook
    """The customers as they are now: whoever answered a task may have added a rule."""
    versions: Mapping[int, Sequence[str]]
    """The columns that count, by version."""


class StageOrders(ItemStep):
    """Orders within the guard are approved as they are; those of a mass change wait for a person."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Known:
        """What the boards are known to hold of these orders."""
        keys = as_json([item.key for item in claim.items])
        rows = connection.exec_driver_sql(_HELD, (claim.run.tenant, keys))
        held = {
            row.key: Held(row.target_hash, row.target_doc, row.board_id) for row in rows if not row.is_deleted
        }
        book = current(connection, claim.run.tenant).book
        return Known(held, book, versions(connection, claim.run.tenant))

    def run(self, claim: Claim, items: Sequence[Item], loaded: Known) -> Iterable[Outcome]:
        """One staged change for each order that a board should hold differently."""
        for item in items:
            held = loaded.held.get(item.key)
            wanted = _wanted(item, held, loaded)
            yield wanted if isinstance(wanted, Outcome) else _staged(item, claim.run, held, wanted)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Write the rows of the batches."""
        rows = [outcome.writes["staged_order"] for outcome in recorded if "staged_order" in outcome.writes]
        stage_rows(connection, run, rows)
        gone = [outcome.item.key for outcome in recorded if outcome.reason == "already_gone"]
        _forget(connection, run, gone)
        seen = [outcome.writes["considered"] for outcome in recorded if "considered" in outcome.writes]
        _consider(connection, run, seen)


_CONSIDER = """
update snapshots s set considered_hash = x.source_hash, hash_version = x.hash_version, considered_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, source_hash text, hash_version integer)
where s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday' and s.key = x.key
"""


_FORGET = """
update snapshots set deleted_at = shelfline_now(), considered_hash = null
where tenant_id = %s and flow = 'orders' and target = 'monday' and deleted_at is null
  and key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""


def _forget(connection: "Connection", run: Run, keys: Sequence[str]) -> None:
    """What is gone from the source and was on no board is not found missing again."""
    if keys and run.may_write:
        connection.exec_driver_sql(_FORGET, (run.tenant, as_json(list(keys))))


def _consider(connection: "Connection", run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    """A change of the source that does not show on the board is not looked at again."""
    if rows and run.may_write:
        connection.exec_driver_sql(_CONSIDER, (as_json(list(rows)), run.tenant))


def _wanted(item: Item, held: Held | None, known: Known) -> Wanted | Outcome:
    if item.data["operation"] == "deleted":
        if held is None or held.board is None:
            return outcomes.skip(item, "already_gone")
        return Wanted("delete", None, None, held.board)
    document: Any = item.data.get("document")
    if document is None:
        document = board_document(item.data["record"], item.data["customer"])
        if held is not None and not isinstance(document, list):
            counted = known.versions.get(item.data["hash_version"], ())
            document = as_held_where_silent(document, held.document, counted)
    if isinstance(document, list):
        return refused(item, "bad_data", document)
    version = record_hash({"document": document}, ["document"])
    if held and held.version == version:
        return _unchanged(item)
    board = (held and held.board) or item.data.get("board") or _board(item, known.book)
    if board is None:
        detail = "No rule of the customer book names a board for this customer and season."
        return refused(item, "no_board", [Problem("CUSTOMER SEASON", "no_board", "", detail)])
    return Wanted("update" if held and held.board else "create", document, version, board)


def _board(item: Item, book: CustomerBook) -> str | None:
    columns = (item.data.get("record") or {}).get("columns", {})
    return book.board(item.data["customer"], [columns.get(name) for name in SEASONS])


def _unchanged(item: Item) -> Outcome:
    skipped = outcomes.skip(item, "unchanged_on_board")
    if "source_hash" not in item.data:
        return skipped
    considered = {name: item.data[name] for name in ("source_hash", "hash_version")}
    return skipped.writing(considered={"key": item.key, **considered})


def _staged(item: Item, run: Run, held: Held | None, wanted: Wanted) -> Outcome:
    waits = item.data.get("guarded", False) and run.may_write
    state = "pending" if waits else ("approved" if run.may_write else "would_push")
    change = _change(item, held, wanted, state)
    data = {"board": wanted.board, "lane": board_lane(wanted.board)}
    if waits:
        outcome = outcomes.review(item, item.data.get("review", "mass_change"), data=data)
    else:
        outcome = outcomes.proceed(item, "approved", data=data, lane=board_lane(wanted.board))
    outcome = outcome.writing(change=change)
    return outcome.writing(staged_order=_row(item, held, wanted)) if run.may_write else outcome


def _change(item: Item, held: Held | None, wanted: Wanted, state: str) -> dict[str, Any]:
    before = held.document if held and wanted.operation != "create" else None
    return {
        "target": TARGET,
        "operation": wanted.operation,
        "state": state,
        "base_version": held.version if held else None,
        "before": before,
        "after": wanted.document,
        "diff": shown_differences(cast("Document | None", before), cast("Document | None", wanted.document)),
        "source_system": "manual" if "answer" in item.data else "bigquery",
    }


def _row(item: Item, held: Held | None, wanted: Wanted) -> dict[str, Any]:
    lines_before = (held.document if held and wanted.operation != "create" else {}).get("lines", {})
    lines = (wanted.document or {}).get("lines", {})
    return {
        "item_id": item.id,
        "key": item.key,
        "scope": item.data["customer"],
        "operation": wanted.operation,
        "board_id": wanted.board,
        "order_number": (wanted.document or {}).get("values", {}).get("AAG ORDER NUMBER"),
        "document": wanted.document,
        "document_hash": wanted.version,
        "lines_total": (wanted.document or {}).get("values", {}).get("TOTAL QTY", sum(lines.values())),
        "source_hash": item.data.get("source_hash"),
        "hash_version": item.data.get("hash_version", 0),
        "lines": [_line(size, lines_before.get(size), lines.get(size)) for size in {**lines_before, **lines}],
    }


def _line(size: str, before: int | None, after: int | None) -> dict[str, Any]:
    if after is None:
        return {"size": size, "quantity": before, "operation": "archive"}
    operation = "create" if before is None else ("keep" if before == after else "update")
    return {"size": size, "quantity": after, "operation": operation}
