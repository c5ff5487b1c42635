"""Statements that read a table: the rows themselves, or an export of them to CSV objects.

Names are checked and quoted, values travel as parameters, so nothing that a caller gives is ever read as SQL.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# Source: BigQuery documentation, "Column names" (flexible column names) and "Table naming".
_COLUMN = re.compile(r"[^!\"$()*,./;?@\[\\\]^`{}~\x00-\x1f\x7f]{1,300}")
_TABLE = re.compile(r"[\w-]{1,1024}(\.[\w-]{1,1024}){0,2}")
_URI = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/[\w./=-]*\*[\w./=-]*")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and the values of its parameters, as `Warehouse.start_query` takes them."""

    sql: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows in which a STRING column holds one of some values.

    folded: compare in capitals and without spaces at both ends; the values must be given so.
    """

    column: str
    values: Sequence[str]
    folded: bool = False


def select_rows(
    table: str,
    columns: Sequence[str],
    *,
    filters: Sequence[Filter] = (),
    as_of: datetime | None = None,
    limit: int | None = None,
) -> Statement:
    """A query of some columns of a table: of the rows that pass every filter, at most `limit` of them.

    as_of: read the table as it was at this moment (aware); only a table of kind TABLE can be read so. None: as it is.
    Raises ValueError for a name that no table or column can have, no column, and a limit below 1.
    """
    if not columns:
        raise ValueError("A query needs at least one column.")
    if limit is not None and limit < 1:
        raise ValueError(f"A query gives at least one row, not {limit}.")
    parameters: dict[str, object] = {}
    lines = [f"select {', '.join(quoted_column(name) for name in columns)}", f"from {quoted_table(table)}"]
    if as_of is not None:
        lines.append("for system_time as of @as_of")
        parameters["as_of"] = as_of
    for place, each in enumerate(filters):
        parameters[f"filter_{place}"] = list(each.values)
        compared = f"upper(trim({quoted_column(each.column)}))" if each.folded else quoted_column(each.column)
        lines.append(f"{'and' if place else 'where'} {compared} in unnest(@filter_{place})")
    if limit is not None:
        lines.append(f"limit {int(limit)}")
    return Statement("\n".join(lines), parameters)


def export_csv(uri: str, rows: Statement) -> Statement:
    """A statement that writes the rows of a query to CSV objects, each with a header line of the columns' names.

    uri: gs://bucket/prefix/*.csv; the `*` becomes a number for each object. Objects of that name are overwritten and none
    is removed, so a prefix serves one export.
    Raises ValueError for any other address.
    """
    if not _URI.fullmatch(uri) or uri.count("*") != 1 or ".." in uri:
        raise ValueError(f"{uri!r} is no gs:// address with one `*` in the object's name.")
    options = f"uri = '{uri}', format = 'CSV', header = true, overwrite = true"
    return Statement(f"export data options ({options}) as\n{rows.sql}", rows.parameters)


def quoted_table(name: str) -> str:
    """A table's name as SQL has it. Raises ValueError for what no table can be called."""
    if not _TABLE.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a table.")
    return f"`{name}`"


def quoted_column(name: str) -> str:
    """A column's name as SQL has it. Raises ValueError for what no column can be called."""
    if not _COLUMN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a column.")
    return f"`{name}`"
