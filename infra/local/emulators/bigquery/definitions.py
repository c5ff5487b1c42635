"""CREATE, ALTER and DROP of tables, views and datasets."""

from dataclasses import replace
from typing import Any

from duckdb import DuckDBPyConnection
from sqlglot import exp
from sqlglot.dialects import BigQuery
from sqlglot.tokenizer_core import TokenType

from infra.local.emulators.bigquery.catalog import Catalog, Table
from infra.local.emulators.bigquery.destinations import insert_into
from infra.local.emulators.bigquery.errors import BigQueryError, duplicate, invalid_query, unsupported
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.jobs import Outcome
from infra.local.emulators.bigquery.names import DatasetName, TableName, quote
from infra.local.emulators.bigquery.references import name_parts
from infra.local.emulators.bigquery.translation import Translated, Translator, describe

_TYPES = {
    "BIGINT": "INT64",
    "TEXT": "STRING",
    "VARCHAR": "STRING",
    "DOUBLE": "FLOAT64",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
    "BOOLEAN": "BOOL",
    "TIMESTAMPTZ": "TIMESTAMP",
    "TIMESTAMP": "DATETIME",
    "DATETIME": "DATETIME",
    "DATE": "DATE",
    "TIME": "TIME",
    "BINARY": "BYTES",
    "VARBINARY": "BYTES",
    "JSON": "JSON",
}
_OPTIONS = {"description": "description", "friendly_name": "friendlyName"}


def is_definition(tree: exp.Expr) -> bool:
    """Whether a statement makes, changes or removes something."""
    return isinstance(tree, (exp.Create, exp.Drop, exp.Alter))


class Definition:
    """One such statement. `sql` is its text, from which a view keeps its query."""

    def __init__(
        self, catalog: Catalog, cursor: DuckDBPyConnection, translator: Translator, tree: exp.Expr, sql: str
    ) -> None:
        self._catalog = catalog
        self._cursor = cursor
        self._translator = translator
        self._tree = tree
        self._sql = sql
        if not is_definition(tree):
            raise unsupported(f"the statement {sql.strip()[:60]}")
        self._object = str(tree.args.get("kind") or "").upper()
        if self._object not in ("TABLE", "VIEW", "SCHEMA") or (
            self._object != "TABLE" and isinstance(tree, exp.Alter)
        ):
            raise unsupported(f"{type(tree).__name__.upper()} {self._object}")

    @property
    def kind(self) -> str:
        """BigQuery's statement type."""
        kind = f"{type(self._tree).__name__.upper()}_{self._object}"
        return f"{kind}_AS_SELECT" if kind == "CREATE_TABLE" and self._tree.expression else kind

    def execute(self) -> Outcome:
        """Do it; the outcome says which operation was performed on what."""
        if self._object == "SCHEMA":
            operation, target = self._schema()
        elif isinstance(self._tree, exp.Create):
            operation, target = self._create()
        elif isinstance(self._tree, exp.Drop):
            operation, target = self._drop()
        else:
            operation, target = self._alter()
        return Outcome({"query": {"statementType": self.kind, "ddlOperationPerformed": operation, **target}})

    def _table(self) -> TableName:
        node = _target(self._tree)
        node = node.this if isinstance(node, exp.Schema) else node
        return self._translator.resolver.name(name_parts(node)).checked()

    def _schema(self) -> tuple[str, dict[str, Any]]:
        parts = [part for part in name_parts(_target(self._tree)) if part]
        project = parts[0] if len(parts) > 1 else self._translator.project
        name = DatasetName(project, parts[-1]).checked()
        target = {"ddlTargetDataset": name.reference()}
        there = self._catalog.has_dataset(self._cursor, name)
        if isinstance(self._tree, exp.Create):
            if there and self._tree.args.get("exists"):
                return "SKIP", target
            self._catalog.create_dataset(self._cursor, name, self._settings())
            return "CREATE", target
        if not there and self._tree.args.get("exists"):
            return "SKIP", target
        self._catalog.drop_dataset(self._cursor, name, contents=bool(self._tree.args.get("cascade")))
        return "DROP", target

    def _create(self) -> tuple[str, dict[str, Any]]:
        name = self._table()
        target = {"ddlTargetTable": name.reference()}
        if self._tree.args.get("clone"):
            raise unsupported("CREATE TABLE by CLONE or COPY")
        settings = self._settings()
        existing = self._catalog.find(self._cursor, name)
        if existing is not None and self._tree.args.get("exists"):
            return "SKIP", target
        if existing is not None and not self._tree.args.get("replace"):
            raise duplicate(f"Table {name}")
        columns = self._columns()
        query = self._translator.query(self._tree.expression) if self._tree.expression else None
        if self._object == "VIEW":
            self._create_view(name, existing is not None, query, settings)
        elif query is None:
            self._replace(name, existing is not None)
            self._catalog.create_table(self._cursor, name, columns, settings)
        else:
            self._create_from(name, existing is not None, columns, query, settings)
        return "REPLACE" if existing is not None else "CREATE", target

    def _create_from(
        self,
        name: TableName,
        replaces: bool,
        columns: tuple[Field, ...],
        query: Translated,
        settings: dict[str, Any],
    ) -> None:
        """The query may read the table that it replaces, so its rows are set aside first."""
        found = describe(self._cursor, query)
        if columns and len(columns) != len(found):
            raise invalid_query(f"The number of columns does not match: {len(columns)} and {len(found)}")
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE _created AS {query.sql}", query.bindings or None)
        self._replace(name, replaces)
        table = self._catalog.create_table(self._cursor, name, columns or found, settings)
        self._cursor.execute(insert_into(table, columns or found, "SELECT * FROM temp._created"))
        self._cursor.execute("DROP TABLE temp._created")

    def _create_view(
        self, name: TableName, replaces: bool, query: Translated | None, settings: dict[str, Any]
    ) -> None:
        if query is None:
            raise invalid_query("CREATE VIEW needs AS and a query")
        fields = describe(self._cursor, query)
        self._replace(name, replaces)
        self._catalog.create_view(self._cursor, name, fields, view_text(self._sql), settings)

    def _replace(self, name: TableName, replaces: bool) -> None:
        if replaces:
            self._catalog.drop_table(self._cursor, name)

    def _drop(self) -> tuple[str, dict[str, Any]]:
        name = self._table()
        target = {"ddlTargetTable": name.reference()}
        existing = self._catalog.find(self._cursor, name)
        if existing is None and self._tree.args.get("exists"):
            return "SKIP", target
        table = self._catalog.table(self._cursor, name)
        if (table.query is not None) != (self._object == "VIEW"):
            raise invalid_query(f"{name} is not a {self._object.lower()}")
        self._catalog.drop_table(self._cursor, name)
        return "DROP", target

    def _alter(self) -> tuple[str, dict[str, Any]]:
        table = self._catalog.table(self._cursor, self._table())
        for action in self._tree.args.get("actions") or []:
            if isinstance(action, exp.ColumnDef):
                known = {field.name.lower() for field in table.fields}
                if action.name.lower() not in known or not action.args.get("exists"):
                    table = self._catalog.add_column(self._cursor, table, column_field(action))
            elif isinstance(action, exp.Drop) and str(action.args.get("kind")).upper() == "COLUMN":
                table = self._drop_column(table.name, action)
            else:
                raise unsupported(f"ALTER TABLE {action.sql('bigquery')}")
        return "ALTER", {"ddlTargetTable": table.name.reference()}

    def _drop_column(self, name: TableName, action: exp.Drop) -> Table:
        table = self._catalog.table(self._cursor, name)
        column = _target(action).name
        left = tuple(field for field in table.fields if field.name.lower() != column.lower())
        if len(left) == len(table.fields) and action.args.get("exists"):
            return table
        if len(left) == len(table.fields) or not left:
            raise invalid_query(f"Cannot drop the column {column} of {name}")
        self._cursor.execute(f"ALTER TABLE {name.duckdb} DROP COLUMN {quote(column)}")
        return self._catalog.save_table(self._cursor, replace(table, fields=left))

    def _columns(self) -> tuple[Field, ...]:
        if not isinstance(self._tree.this, exp.Schema):
            return ()
        columns = self._tree.this.expressions
        if any(not isinstance(column, exp.ColumnDef) for column in columns):
            raise unsupported("table constraints")
        return tuple(column_field(column) for column in columns)

    def _settings(self) -> dict[str, Any]:
        """What OPTIONS, PARTITION BY and CLUSTER BY say, as the parts of the resource that remember it."""
        settings: dict[str, Any] = {}
        properties = self._tree.args.get("properties")
        for item in properties.expressions if properties is not None else []:
            if isinstance(item, exp.PartitionedByProperty):
                settings["timePartitioning"] = _partitioning(item.this)
            elif isinstance(item, exp.Cluster) or type(item).__name__ == "ClusterProperty":
                settings["clustering"] = {"fields": [column.name for column in item.expressions]}
            elif isinstance(item, exp.Property) and item.name.lower() in _OPTIONS:
                settings[_OPTIONS[item.name.lower()]] = item.args["value"].name
            else:
                raise unsupported(f"the option {item.sql('bigquery')}")
        return settings


def _target(tree: exp.Expr) -> exp.Expr:
    """What a statement makes, changes or drops; only one thing can be dropped at a time."""
    tables = tree.args.get("tables") or [tree.this]
    if len(tables) != 1:
        raise unsupported("dropping several things in one statement")
    target: exp.Expr = tables[0]
    return target


def _partitioning(node: exp.Expr) -> dict[str, str]:
    column = node if isinstance(node, exp.Column) else node.find(exp.Column)
    unit = node.args.get("unit")
    kind = unit.name.upper() if unit is not None else "DAY"
    return {"type": kind, "field": column.name} if column is not None else {"type": kind}


def column_field(column: exp.ColumnDef) -> Field:
    """A column definition as a field."""
    mode, description = "NULLABLE", None
    for constraint in column.args.get("constraints") or []:
        kind = constraint.kind if isinstance(constraint, exp.ColumnConstraint) else constraint
        if isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null"):
            mode = "REQUIRED"
        elif option := _description(constraint):
            description = option
        else:
            raise unsupported(f"the column constraint {constraint.sql('bigquery')}")
    field = type_field(column.name, column.args["kind"])
    if field.repeated and mode == "REQUIRED":
        raise invalid_query(f"NOT NULL cannot be set on the array {column.name}")
    return Field(field.name, field.type, field.mode if field.repeated else mode, field.fields, description)


def _description(constraint: exp.Expr) -> str | None:
    for option in constraint.find_all(exp.Property, exp.EQ):
        if option.name.lower() == "description":
            value = option.args.get("value") or option.expression
            return str(value.name)
    return None


def type_field(name: str, kind: exp.DataType) -> Field:
    """A GoogleSQL type as a field; a type that is not served is refused."""
    if kind.this == exp.DataType.Type.ARRAY:
        element = type_field(name, kind.expressions[0])
        if element.repeated:
            raise invalid_query("Array of arrays is not supported")
        return Field(name, element.type, "REPEATED", element.fields)
    if kind.this == exp.DataType.Type.STRUCT:
        return Field(name, "STRUCT", fields=tuple(column_field(child) for child in kind.expressions))
    word = str(getattr(kind.this, "value", kind.this))
    if word not in _TYPES or kind.expressions:
        raise BigQueryError(
            "invalidQuery", f"Type not found or not served: {kind.sql('bigquery')}", location="query"
        )
    return Field(name, _TYPES[word])


def view_text(sql: str) -> str:
    """The query of a CREATE VIEW statement: what follows the first AS outside of brackets."""
    depth = 0
    for token in BigQuery().tokenize(sql):
        if token.token_type in (TokenType.L_PAREN, TokenType.R_PAREN):
            depth += 1 if token.token_type == TokenType.L_PAREN else -1
        if token.token_type == TokenType.ALIAS and depth == 0:
            return sql[token.end + 1 :].strip().rstrip(";").strip()
    raise invalid_query("CREATE VIEW needs AS and a query")
