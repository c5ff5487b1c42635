"""FOR SYSTEM_TIME AS OF: which moments can be read.

Only the present state of a table is kept. It is also the state of every moment since the table was last modified, so
such a moment is served, and the answer is exact; times of modification are whole milliseconds. For an earlier one the
error is the real service's for a moment that is no longer kept, and likewise for one beyond its seven days; a moment
that has not come yet is refused too.
"""

from datetime import datetime, timedelta

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.errors import BigQueryError, invalid, invalid_query, unsupported

_KEPT = timedelta(days=7)


def check_moment(table: Table, asked: int | None, now: datetime) -> None:
    """Refuse a moment that the table cannot be read at.

    asked: microseconds since 1970; None where the expression is NULL.
    """
    if asked is None:
        raise invalid_query("FOR SYSTEM_TIME AS OF needs a timestamp, not NULL")
    if asked > _microseconds(now):
        raise _refused(table, asked, "Cannot read from the future.")
    if table.query is not None:
        if asked < _microseconds(now):
            raise unsupported(f"FOR SYSTEM_TIME AS OF a past time on the view {table.name}")
        return
    earliest = max(table.modified, _microseconds(now - _KEPT) // 1000)
    if asked // 1000 < earliest:
        raise _refused(table, asked, f"Cannot read before {earliest}.")


def _refused(table: Table, asked: int, why: str) -> BigQueryError:
    moment = asked // 1000
    return invalid(f"Invalid snapshot time {moment} for table {table.name}@{moment}. {why}")


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
