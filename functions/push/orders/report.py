"""What runs of the orders flow have pushed, and what is worth knowing beside the figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from common.database.array import array
from functions.push.orders.would_do import first_changes

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PUSHED = """
select operation, count(*) from staged_changes where run_id = any(cast(%s as text[])) and target = 'monday' and state = 'applied'
group by 1
"""
_WOULD = """
select operation, count(*) from staged_changes where run_id = any(cast(%s as text[])) and target = 'monday' and state = 'would_push'
group by 1
"""
_LINES = """
select count(*) from effects where run_id = any(cast(%s as text[])) and target = 'monday' and part = 'line' and state = 'confirmed'
"""
_SCOPES = """
select coalesce(sum(read), 0) as read, coalesce(sum(unchanged), 0) as unchanged, coalesce(sum(new), 0) as new,
  coalesce(sum(changed), 0) as changed, coalesce(sum(deleted), 0) as deleted, coalesce(sum(reappeared), 0) as reappeared
from order_scopes where run_id = any(cast(%s as text[]))
"""
_LEFT_ALONE = """
select scope, left_alone from order_scopes where run_id = any(cast(%s as text[])) and left_alone > 0 order by scope
"""
_GUARDED = """
select scope, guarded, overridden_by from order_scopes where run_id = any(cast(%s as text[])) and (guarded or overridden_by is not null)
order by scope
"""


def report(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, Any]:
    """{"pushed": {"monday"}, "detail": {"compared", "operations", "lines", "mass_change", "missing_and_left_alone", "would_push",
    "would_do"}} over these runs.
    """
    ids = array(run_ids)
    operations = _counts(connection, _PUSHED, ids)
    compared = dict(connection.exec_driver_sql(_SCOPES, (ids,)).mappings().one())
    detail: dict[str, Any] = {
        "compared": {name: int(value) for name, value in compared.items()},
        "operations": operations,
        "lines": connection.exec_driver_sql(_LINES, (ids,)).scalar(),
    }
    if guarded := connection.exec_driver_sql(_GUARDED, (ids,)).all():
        detail["mass_change"] = {
            row.scope: "held" if row.guarded else f"let pass by {row.overridden_by}" for row in guarded
        }
    if left_alone := _counts(connection, _LEFT_ALONE, ids):
        detail["missing_and_left_alone"] = left_alone
    if would := _counts(connection, _WOULD, ids):
        detail["would_push"] = would
        detail["would_do"] = {"total": sum(would.values()), "first": first_changes(connection, ids)}
    return {"pushed": {"monday": sum(operations.values())}, "detail": detail}


def _counts(connection: "Connection", statement: str, ids: str) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.exec_driver_sql(statement, (ids,))}
