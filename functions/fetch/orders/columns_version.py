"""The columns that fingerprints of orders cover, by version: a column the source gains changes no fingerprint by itself."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.errors import Misconfigured
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.schema import TABLE, all_labels

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_NEWEST = """
select version, columns from hash_columns where tenant_id = %s and flow = 'orders' order by version desc limit 1
"""
_ALL = "select version, columns from hash_columns where tenant_id = %s and flow = 'orders'"
_ADD = """
insert into hash_columns (tenant_id, flow, version, columns, created_by) values (%s, 'orders', %s, cast(%s as text[]), %s)
on conflict do nothing
"""


def ensure_version(connection: "Connection", tenant: str, layout: Layout) -> int:
    """The version to compare by; the first source that is read makes the first one.

    Raises Misconfigured when the source lacks a column that the version covers: every order would look changed.
    """
    newest = connection.exec_driver_sql(_NEWEST, (tenant,)).one_or_none()
    if newest is None:
        add_version(connection, tenant, 1, layout.hash_columns, by="first read")
        return 1
    if missing := layout.missing_hash_columns(newest.columns):
        raise Misconfigured(
            f"The table orders has lost {', '.join(missing)}: bring it back, or say `shelfline orders adopt-columns`.",
            reason="source_column_missing",
        )
    return int(newest.version)


def leave_out_missing(connection: "Connection", tenant: str, layout: Layout, *, by: str) -> tuple[str, ...]:
    """Go on without the columns that a source has not: a version without them. Those columns; none where all are there.

    For a source that a person has just replaced: that it has other columns is what they said, no accident.
    """
    newest = connection.exec_driver_sql(_NEWEST, (tenant,)).one_or_none()
    missing = layout.missing_hash_columns(newest.columns) if newest else ()
    if newest and missing:
        left = [column for column in newest.columns if column not in missing]
        add_version(connection, tenant, newest.version + 1, left, by=by)
    return missing


def present_columns(services: "Services") -> Sequence[str]:
    """The columns that the source has now. Raises Misconfigured where one is missing without which no row can be read."""
    layout = Layout(all_labels(services.warehouse.table(TABLE).columns))
    if layout.missing:
        raise Misconfigured(
            f"The table {TABLE} has no column {', '.join(layout.missing)}: no order can be told without.",
            reason="source_column_missing",
        )
    return layout.hash_columns


def add_version(
    connection: "Connection", tenant: str, version: int, columns: Sequence[str], *, by: str
) -> None:
    """Keep the columns of a version; one that is there already stays."""
    connection.exec_driver_sql(_ADD, (tenant, version, _array(columns), by))


def versions(connection: "Connection", tenant: str) -> dict[int, tuple[str, ...]]:
    """Version → its columns."""
    return {row.version: tuple(row.columns) for row in connection.exec_driver_sql(_ALL, (tenant,))}


def _array(columns: Sequence[str]) -> str:
    quoted = (column.replace("\\", "\\\\").replace('"', '\\"') for column in columns)
    return "{" + ",".join(f'"{column}"' for column in quoted) + "}"
