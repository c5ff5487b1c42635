"""The columns that fingerprints of orders cover, by version: a column the source gains changes no fingerprint by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from common.database.array import array
from common.errors import Misconfigured
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.schema import TABLE, all_labels

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services


class Origin(StrEnum):
    """What has made a list of columns."""

    SOURCE = "source"
    """A read of the source, its first."""
    TRIAL = "trial"
    """A read in mode TEST, for itself: nothing is held under it, so that the next read makes it anew."""
    FILE = "file"
    """A file that was put into the source's place."""
    PERSON = "person"
    """See `common.interface.columns`."""


_NEWEST = """
select version, columns, origin from hash_columns where tenant_id = %s and flow = 'orders' order by version desc limit 1
"""
_FIRST = """
insert into hash_columns (tenant_id, flow, version, columns, origin, created_by) values (%s, 'orders', 1, cast(%s as text[]), %s, %s)
on conflict (tenant_id, flow, version) do update set columns = excluded.columns, origin = excluded.origin, created_by = excluded.created_by
"""
_ALL = "select version, columns, origin from hash_columns where tenant_id = %s and flow = 'orders' order by version"
_ADD = """
insert into hash_columns (tenant_id, flow, version, columns, origin, created_by) values (%s, 'orders', %s, cast(%s as text[]), %s, %s)
on conflict do nothing
"""


def ensure_version(connection: "Connection", tenant: str, layout: Layout, *, is_trial: bool = False) -> int:
    """The version to compare by; the first source that is read makes the first one, which a trial's is not for long.

    Raises Misconfigured when the source lacks a column that the version covers: every order would look changed.
    """
    newest = connection.exec_driver_sql(_NEWEST, (tenant,)).one_or_none()
    if newest is None or newest.origin == Origin.TRIAL:
        origin, by = (Origin.TRIAL, "a run in mode TEST") if is_trial else (Origin.SOURCE, "first read")
        connection.exec_driver_sql(_FIRST, (tenant, array(layout.hash_columns), origin.value, by))
        return 1
    if missing := layout.missing_hash_columns(newest.columns):
        raise Misconfigured(
            f"The table orders has lost {', '.join(missing)}: bring it back, or say `shelfline orders adopt-columns`.",
            reason="source_column_missing",
        )
    return int(newest.version)


@dataclass(frozen=True, slots=True)
class Refitted:
    """What a source that was replaced has made of the list of columns."""

    left_out: Sequence[str] = ()
    """Columns that counted and that it has not."""
    back: Sequence[str] = ()
    """Columns that once counted, were left out, and are there again."""
    not_counted: Sequence[str] = ()
    """Columns that it has and that never counted."""


def refit(connection: "Connection", tenant: str, layout: Layout, *, file: str) -> Refitted:
    """Go on without the columns that a source has not, and with those again that an earlier file had not: a new version.

    For a source that a person has just replaced by a file: that it has other columns is what they said, no accident.
    """
    newest = connection.exec_driver_sql(_NEWEST, (tenant,)).one_or_none()
    if newest is None or newest.origin == Origin.TRIAL:
        return Refitted()
    counted, present = set(newest.columns), set(layout.hash_columns)
    back = _left_out_by_files(connection, tenant) & present
    fitting = (counted & present) | back
    if fitting != counted:
        by = f"load of {file}"[:200]
        add_version(connection, tenant, newest.version + 1, sorted(fitting), origin=Origin.FILE, by=by)
    return Refitted(sorted(counted - present), sorted(back), sorted(present - fitting))


def _left_out_by_files(connection: "Connection", tenant: str) -> set[str]:
    """Columns that counted until a file came that lacked them; what a person has decided on since stands."""
    left_out: set[str] = set()
    counted: set[str] = set()
    for row in connection.exec_driver_sql(_ALL, (tenant,)):
        columns = set(row.columns)
        left_out = (left_out | (counted - columns)) - columns if row.origin == Origin.FILE else set()
        counted = columns
    return left_out


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
    connection: "Connection", tenant: str, version: int, columns: Sequence[str], *, origin: Origin, by: str
) -> None:
    """Keep the columns of a version; one that is there already stays."""
    connection.exec_driver_sql(_ADD, (tenant, version, array(columns), origin.value, by))


def versions(connection: "Connection", tenant: str) -> dict[int, tuple[str, ...]]:
    """Version → its columns."""
    return {row.version: tuple(row.columns) for row in connection.exec_driver_sql(_ALL, (tenant,))}
