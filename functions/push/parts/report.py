"""What runs of the parts flow have pushed where, and what is worth knowing beside the figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from common.database.array import array

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PUSHED = """
select (select count(*) from staged_changes where run_id = any(cast(%s as text[])) and target = 'catalog' and state = 'applied'),
  (select count(*) from effects where run_id = any(cast(%s as text[])) and target = 'bigquery' and state = 'confirmed'),
  (select count(*) from items where run_id = any(cast(%s as text[])) and reason = 'would_push')
"""
_ROUTES = "select route, count(*) from decisions where run_id = any(cast(%s as text[])) group by route order by route"
_RULES = (
    "select rule, count(*) from decisions where run_id = any(cast(%s as text[])) group by rule order by rule"
)


def report(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, Any]:
    """{"pushed": {"catalog", "bigquery"}, "detail": {"routes", "rules", "would_push"}} over these runs."""
    ids = array(run_ids)
    catalog, bigquery, would_push = connection.exec_driver_sql(_PUSHED, (ids, ids, ids)).one()
    routes, rules = _counts(connection, _ROUTES, ids), _counts(connection, _RULES, ids)
    detail: dict[str, Any] = {"routes": routes, "rules": rules}
    if would_push:
        detail["would_push"] = would_push
    return {"pushed": {"catalog": catalog, "bigquery": bigquery}, "detail": detail}


def _counts(connection: "Connection", statement: str, ids: str) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.exec_driver_sql(statement, (ids,))}
