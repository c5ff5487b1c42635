"""What Postgres' own catalogue says of the tables of a database, as texts that can be compared."""

from typing import Any

from sqlalchemy import Connection

_OURS = """
  c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relname <> 'alembic_version'
"""
_COLUMNS = f"""
select c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then 'not null' end, 'default ' || pg_get_expr(d.adbin, d.adrelid),
    case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and {_OURS}
"""
_CONSTRAINTS = f"""
select c.relname || ' ' || k.conname, pg_get_constraintdef(k.oid)
from pg_class c join pg_constraint k on k.conrelid = c.oid
where k.contype in ('p', 'u', 'f', 'c', 'x') and {_OURS}
"""
_INDEXES = f"""
select c.relname || ' ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
from pg_class c join pg_index i on i.indrelid = c.oid where {_OURS}
"""
_TABLES = f"""
select c.relname,
    concat_ws(' ', c.relkind::text, pg_get_partkeydef(c.oid), array_to_string(c.reloptions, ','))
from pg_class c where c.relkind in ('r', 'p') and {_OURS}
"""


def described(connection: Connection) -> dict[str, dict[str, str]]:
    """Columns, constraints, indexes and tables: name -> definition, spelled by Postgres itself."""
    statements = {"columns": _COLUMNS, "constraints": _CONSTRAINTS, "indexes": _INDEXES, "tables": _TABLES}
    return {kind: _pairs(connection, statement) for kind, statement in statements.items()}


def _pairs(connection: Connection, statement: str) -> dict[str, str]:
    rows: Any = connection.exec_driver_sql(statement)
    return {name: definition for name, definition in rows}  # noqa: C416  # a row is not a tuple for mypy
