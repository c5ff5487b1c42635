"""The source as it is now, adopted: what is known of the boards is set to it, and nothing is pushed.

For a desk that begins with boards in use: from here on only what changes is pushed. What the boards do hold is looked up
afterwards (`functions.push.orders.adopt`); an order that is on none of them is made there when it next changes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from common.canonical import record_hash
from common.database.engine import as_json, call
from common.pipeline.item import Claim, Run
from common.problems import Problem
from functions.hash.orders.deltas import keep_seen
from functions.hash.orders.rows import OrderRows, ReadRow
from functions.stage.orders.document import document

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADOPT = """
insert into snapshots (tenant_id, flow, target, key, considered_hash, hash_version, target_hash, target_doc, scope, considered_at,
  confirmed_at)
select %s, 'orders', 'monday', x.key, x.hash, %s, x.target_hash, x.target_doc, x.scope, shelfline_now(), shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, hash text, target_hash text, target_doc jsonb, scope text)
on conflict (tenant_id, flow, target, key) do update set considered_hash = excluded.considered_hash, hash_version = excluded.hash_version,
  target_hash = excluded.target_hash, target_doc = excluded.target_doc, scope = excluded.scope, considered_at = excluded.considered_at,
  confirmed_at = excluded.confirmed_at, deleted_at = null
"""


def adopt_rows(
    connection: "Connection", claim: Claim, rows: OrderRows, read: Sequence[ReadRow]
) -> list[tuple[ReadRow, Sequence[Problem]]]:
    """Set what is known of these orders to what the source says; the rows that cannot be read, each with its problems.

    Rows of customers that nobody knows are left: whether they are to be on a board is a person's to say.
    """
    keep_seen(connection, claim, read)
    adopted: dict[str, dict[str, Any]] = {}
    refused: list[tuple[ReadRow, Sequence[Problem]]] = []
    for row in read:
        made = _snapshot(rows, row)
        if isinstance(made, dict):
            adopted[row.key] = made
        elif made:
            refused.append((row, made))
    if adopted and claim.run.may_write:
        version = int(claim.cursor["hash_version"])
        connection.exec_driver_sql(_ADOPT, (claim.run.tenant, version, as_json(list(adopted.values()))))
    return refused


def conclude(connection: "Connection", run: Run) -> None:
    """After the last row: orders that stand in the source twice are not known, and those it lacks are not expected."""
    call(connection, "shelfline_conclude_baseline_v1", run.tenant, run.id)


def _snapshot(rows: OrderRows, row: ReadRow) -> dict[str, Any] | Sequence[Problem]:
    """What is known of an order from now on; the problems of its row; or nothing, where it is nobody's."""
    if row.problem is not None:
        return [row.problem]
    record = rows.record(row)
    if isinstance(record, list):
        return record
    if rows.status(row) == "unknown":
        return ()
    held = document(record, row.customer)
    if isinstance(held, list):
        return held
    version = record_hash({"document": held}, ["document"])
    known = {"key": row.key, "hash": row.hash, "scope": row.customer}
    return {**known, "target_hash": version, "target_doc": held}
