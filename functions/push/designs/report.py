"""What runs of the designs flow have stored and listed, and what is worth knowing beside the figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LISTED = """
select operation, count(*) from staged_changes where tenant_id = %s and run_id = any(cast(%s as text[])) and target = 'etsy'
  and state = 'applied' group by 1
"""
_WOULD = """
select operation, count(*) from staged_changes where tenant_id = %s and run_id = any(cast(%s as text[])) and target = 'etsy'
  and state = 'would_push' group by 1
"""
_STORED = """
select count(distinct o.design_id), count(*) filter (where o.kind = 'mockup') from design_objects o
join designs d on d.tenant_id = o.tenant_id and d.id = o.design_id
where o.tenant_id = %s and d.run_id = any(cast(%s as text[])) and d.trial = ''
"""
_REASONS = """
select reason, count(*) from items where tenant_id = %s and run_id = any(cast(%s as text[])) and reason is not null
  and state in ('skipped', 'rejected', 'waiting', 'done') group by 1
"""
_DUPLICATES = ("duplicate", "known_duplicate")


def report(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, Any]:
    """{"pushed": {"etsy", "storage"}, "detail": {"duplicates", "near_duplicates", "mockups", "indexed", "without_listing", …}}."""
    values = (tenant, list(run_ids))
    operations = _counts(connection, _LISTED, values)
    reasons = _counts(connection, _REASONS, values)
    stored, mockups = connection.exec_driver_sql(_STORED, values).one()
    detail: dict[str, Any] = {
        "duplicates": sum(reasons.get(reason, 0) for reason in _DUPLICATES),
        "near_duplicates": reasons.get("near_duplicate", 0),
        "mockups": mockups,
        "operations": operations,
    }
    if without := {reason: reasons[reason] for reason in ("no_shop", "no_mockup") if reason in reasons}:
        detail["without_listing"] = without
    if indexed := reasons.get("indexed", 0):
        detail["indexed"] = indexed
    if would := _counts(connection, _WOULD, values):
        detail["would_push"] = would
    return {"pushed": {"etsy": sum(operations.values()), "storage": stored}, "detail": detail}


def _counts(connection: "Connection", statement: str, values: tuple[Any, ...]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.exec_driver_sql(statement, values)}
