"""Whether rows say what they said when other columns counted.

By the fingerprint over the columns of then. It cannot tell two things: a column that counts anew may say something else than
the board holds, and one that the source has no more reads as blank. There the board's document decides: nothing that it
shows may be lost, and nothing is cleared because nobody speaks of it any more.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from common.database.engine import as_json
from functions.fetch.orders.columns import SIZES
from functions.hash.orders.deltas import Delta
from functions.hash.orders.rows import OrderRows
from functions.stage.orders.document import BOARD_COLUMNS, Document, as_held_where_silent, document

if TYPE_CHECKING:
    from sqlalchemy import Connection

Documents: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Key of an order → what its board holds of it, as `Document`."""

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
    alike = [delta for delta, hash_ in zip(held, hashes, strict=True) if hash_ == delta.held_hash]
    found = {delta.row.place for delta in alike}
    others = [delta for delta in held if delta.row.place not in found] if set(before) - set(now) else []
    gained = _shown(set(now) - set(before))
    asked = [*(alike if gained else ()), *others]
    documents = _documents(connection, tenant, asked) if asked else {}
    if gained:
        alike = [delta for delta in alike if _says_what_is_held_of(gained, rows, delta, documents)]
    return [*alike, *(delta for delta in others if _says_nothing_new(rows, delta, documents, now))]


def _shown(columns: Collection[str]) -> Collection[str]:
    """Those that a board shows: what no board shows cannot say something else than the board."""
    return {*BOARD_COLUMNS.values(), SIZES} & set(columns)


def _says_what_is_held_of(
    columns: Collection[str], rows: OrderRows, delta: Delta, documents: Documents
) -> bool:
    """Whether the board holds what a row says in these columns. What no board holds shows nothing else."""
    held, wanted = documents.get(delta.row.key), _wanted(rows, delta)
    if held is None or wanted is None:
        return True
    titles = [title for title, column in BOARD_COLUMNS.items() if column in columns]
    values = all(wanted["values"].get(title) == held["values"].get(title) for title in titles)
    return values and (SIZES not in columns or wanted["lines"] == held["lines"])


def _says_nothing_new(rows: OrderRows, delta: Delta, documents: Documents, now: Collection[str]) -> bool:
    """Whether the board holds all that a row says. Of what no board holds, nobody knows."""
    held, wanted = documents.get(delta.row.key), _wanted(rows, delta)
    if held is None or wanted is None:
        return False
    return as_held_where_silent(wanted, held, now) == held


def _wanted(rows: OrderRows, delta: Delta) -> Document | None:
    """What a board should hold of a row; None where it cannot be read, which the change itself will tell."""
    record = rows.record(delta.row)
    wanted = None if isinstance(record, list) else document(record, delta.row.customer)
    return None if isinstance(wanted, list) else wanted


def _documents(connection: "Connection", tenant: str, deltas: Sequence[Delta]) -> Documents:
    keys = as_json([delta.row.key for delta in deltas])
    return {row.key: row.target_doc for row in connection.exec_driver_sql(_HELD, (tenant, keys))}
