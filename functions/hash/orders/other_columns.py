"""Whether rows say what they said when other columns counted.

By the fingerprint over the columns of then. It cannot tell two things: a column that counts anew may say something else than
the board holds, and one that the source has no more reads as blank. There the board's document decides: nothing that it
shows may be lost, and nothing is cleared because nobody speaks of it any more.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from functions.fetch.orders.columns import SIZES
from functions.hash.orders.deltas import Delta
from functions.hash.orders.rows import OrderRows
from functions.stage.orders.document import BOARD_COLUMNS, as_held_where_silent, document

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HELD = """
select key, target_doc from snapshots where tenant_id = %s and flow = 'orders' and target = 'monday' and target_doc is not null
  and key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""


def same_under(
    connection: "Connection",
    tenant: str,
    rows: OrderRows,
    held: Sequence[Delta],
    *,
    before: Collection[str],
    now: Collection[str],
) -> list[Delta]:
    """Those of these rows that have not changed. before, now: the columns that counted when they were held, and that count."""
    hashes = rows.hashes_under([delta.row for delta in held], list(before))
    by_hash = [delta for delta, hash_ in zip(held, hashes, strict=True) if hash_ == delta.held_hash]
    gained, lost = set(now) - set(before), set(before) - set(now)
    found = {delta.row.place for delta in by_hash}
    others = [delta for delta in held if delta.row.place not in found] if lost else []
    asked = [*(by_hash if gained else ()), *others]
    if not asked:
        return by_hash
    documents = _documents(connection, tenant, asked)
    same = [delta for delta in others if _is_shown(rows, delta, documents, now, None)]
    if gained:
        by_hash = [delta for delta in by_hash if _is_shown(rows, delta, documents, now, gained)]
    return [*by_hash, *same]


def _is_shown(
    rows: OrderRows,
    delta: Delta,
    documents: Mapping[str, Mapping[str, Any]],
    now: Collection[str],
    only: Collection[str] | None,
) -> bool:
    """Whether the board holds what a row says, of all columns or of some. What no board holds shows nothing."""
    held = documents.get(delta.row.key)
    record = rows.record(delta.row)
    if held is None or isinstance(record, list):
        return only is not None
    wanted = document(record, delta.row.customer)
    if isinstance(wanted, list):
        return only is not None
    if only is None:
        return as_held_where_silent(wanted, held, now) == held
    titles = [title for title, column in BOARD_COLUMNS.items() if column in only]
    values = all(wanted["values"].get(title) == held["values"].get(title) for title in titles)
    return values and (SIZES not in only or wanted["lines"] == held["lines"])


def _documents(
    connection: "Connection", tenant: str, deltas: Sequence[Delta]
) -> dict[str, Mapping[str, Any]]:
    keys = as_json([delta.row.key for delta in deltas])
    return {row.key: row.target_doc for row in connection.exec_driver_sql(_HELD, (tenant, keys))}
