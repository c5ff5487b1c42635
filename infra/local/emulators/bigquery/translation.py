# SQL is generated here: names are quoted, values are bound or quoted
"""A GoogleSQL statement, parsed and turned into DuckDB SQL with its values to bind."""

import re
from dataclasses import dataclass

import sqlglot
from duckdb import DuckDBPyConnection
from sqlglot import exp
from sqlglot.dialects import BigQuery
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError, UnsupportedError
from sqlglot.tokenizer_core import TokenType

from infra.local.emulators.bigquery.catalog import Catalog, Table
from infra.local.emulators.bigquery.errors import BigQueryError, invalid_query, unsupported
from infra.local.emulators.bigquery.fields import Field, check_unique
from infra.local.emulators.bigquery.functions import FunctionRewriter, Surroundings
from infra.local.emulators.bigquery.names import DatasetName, TableName
from infra.local.emulators.bigquery.parameters import positional_name
from infra.local.emulators.bigquery.references import TableResolver

_MAX_VIEW_DEPTH = 16


@dataclass(frozen=True)
class Translated:
    """A DuckDB statement. `tables` are the stored tables it reads."""

    sql: str
    bindings: dict[str, object]
    tables: dict[TableName, Table]


def parse(sql: str) -> exp.Expr:
    """The one statement of a query; a syntax error, a script or an unknown statement is "invalidQuery"."""
    try:
        statements = [
            tree for tree in sqlglot.parse(_name_positions(sql), read="bigquery") if tree is not None
        ]
    except ParseError as problem:
        raise invalid_query(_syntax_error(problem)) from problem
    except (TokenError, SqlglotError) as problem:
        raise invalid_query(f"Syntax error: {str(problem).splitlines()[0]}") from problem
    if len(statements) != 1:
        if not statements:
            raise invalid_query("Syntax error: Unexpected end of statement at [1:1]")
        raise unsupported("a script of several statements; send each as a job of its own")
    if isinstance(statements[0], exp.Command):
        raise unsupported(f"the statement {sql.strip()[:60]}")
    return statements[0]


def _name_positions(sql: str) -> str:
    """Positional parameters named in the order they are written."""
    tokens = [token for token in BigQuery().tokenize(sql) if token.token_type == TokenType.PLACEHOLDER]
    for index, token in reversed(list(enumerate(tokens, 1))):
        sql = f"{sql[: token.start]}@{positional_name(index)}{sql[token.end + 1 :]}"
    return sql


def _syntax_error(problem: ParseError) -> str:
    if not problem.errors:
        return f"Syntax error: {problem}"
    first = problem.errors[0]
    what = f'Unexpected "{first["highlight"]}"' if first.get("highlight") else "Unexpected end of statement"
    return f"Syntax error: {what} at [{first.get('line')}:{first.get('col')}]"


class Translator:
    """Translates statements against the catalogue as the cursor's transaction sees it."""

    def __init__(
        self,
        catalog: Catalog,
        cursor: DuckDBPyConnection,
        surroundings: Surroundings,
        default: DatasetName | None,
        depth: int = 0,
    ) -> None:
        self._cursor = cursor
        self._catalog = catalog
        self._surroundings = surroundings
        self._depth = depth
        self._functions = FunctionRewriter(surroundings)
        self.project = surroundings.project
        self.resolver = TableResolver(
            catalog,
            cursor,
            surroundings.project,
            default,
            translate=self._view,
            moment=self._moment,
            now=surroundings.now,
        )

    def query(self, tree: exp.Expr) -> Translated:
        """Translate a query; columns without a name are called f0_, f1_, ... as BigQuery calls them."""
        _name_columns(tree)
        return self.statement(tree)

    def statement(self, tree: exp.Expr) -> Translated:
        """Translate any statement. The tree is consumed."""
        return self.render(self.rewrite(tree))

    def rewrite(self, tree: exp.Expr) -> exp.Expr:
        """The tree in terms of DuckDB; for callers that put it into another one before they render it."""
        for subquery in list(tree.find_all(exp.Select)):
            _check_select(subquery)
        tree = self.resolver.resolve(self._functions.rewrite(tree))
        for unnest in list(tree.find_all(exp.Unnest)):
            _expand_unnest(unnest)
        return tree

    def render(self, tree: exp.Expr) -> Translated:
        """SQL of a rewritten tree."""
        try:
            sql = tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError as problem:
            raise unsupported(str(problem)) from problem
        return Translated(sql, self._used(tree), self.resolver.tables)

    def _view(self, sql: str) -> exp.Expr:
        if self._depth >= _MAX_VIEW_DEPTH:
            raise invalid_query("Views are nested too deeply; at most 16 levels are allowed")
        inner = Translator(self._catalog, self._cursor, self._surroundings, None, self._depth + 1)
        tree = parse(sql)
        _name_columns(tree)
        tree = inner.rewrite(tree)
        self.resolver.tables |= inner.resolver.tables
        return tree

    def _moment(self, expression: exp.Expr) -> int | None:
        """Microseconds since 1970 of a timestamp expression."""
        sql = f"SELECT epoch_us(CAST({expression.sql(dialect='duckdb')} AS TIMESTAMPTZ))"
        row = self._cursor.execute(sql, self._used(expression) or None).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def _used(self, tree: exp.Expr) -> dict[str, object]:
        """The values that a tree refers to; DuckDB refuses any other. A time to read a table at is not in its SQL."""
        names = {parameter.name for parameter in tree.find_all(exp.Parameter)}
        return {name: value for name, value in self._functions.bindings.items() if name in names}


def describe(cursor: DuckDBPyConnection, query: Translated) -> tuple[Field, ...]:
    """The columns of a query, without running it."""
    cursor.execute(f"SELECT * FROM ({query.sql}) LIMIT 0", query.bindings or None)
    fields = tuple(Field.from_duckdb(column[0], column[1]) for column in cursor.description or [])
    check_unique([field.name for field in fields])
    return fields


def _name_columns(tree: exp.Expr) -> None:
    select = tree
    while isinstance(select, (exp.SetOperation, exp.Subquery)):
        select = select.this
    if not isinstance(select, exp.Select):
        return
    if select.args.get("kind") == "STRUCT":
        select.set("kind", None)
    count = 0
    for column in list(select.expressions):
        if not column.is_star and not isinstance(column, (exp.Alias, exp.Column, exp.Dot)):
            column.replace(exp.alias_(column.copy(), f"f{count}_"))
            count += 1
    check_unique([column.output_name for column in select.expressions if not column.is_star])


def _check_select(select: exp.Select) -> None:
    if select.args.get("kind") == "VALUE" and select.parent is None:
        raise unsupported("SELECT AS VALUE at the top of a statement")


def _expand_unnest(unnest: exp.Unnest) -> None:
    """UNNEST in a FROM clause where DuckDB means something else by it.

    WITH OFFSET: DuckDB's ordinality counts from one. Structs: BigQuery makes a column of each member; that
    is done where the elements are known to be structs, which is for literals and parameters.
    """
    if not isinstance(unnest.parent, (exp.From, exp.Join)):
        return
    array, offset = unnest.expressions[0], unnest.args.get("offset")
    structs = _holds_structs(array)
    if not offset and not structs:
        return
    alias = unnest.args.get("alias")
    value = alias.columns[0] if alias is not None and alias.columns else exp.to_identifier("_unnested")
    depth = [exp.var("max_depth := 2")] if structs else []
    rows: exp.Expr = exp.Anonymous(this="unnest", expressions=[array.copy(), *depth])
    columns = [rows if structs else exp.Alias(this=rows, alias=value.copy())]
    if offset:
        name = offset if isinstance(offset, exp.Identifier) else exp.to_identifier("offset")
        numbers = exp.Anonymous(this="generate_subscripts", expressions=[array.copy(), exp.Literal.number(1)])
        columns.append(
            exp.Alias(this=exp.Sub(this=numbers, expression=exp.Literal.number(1)), alias=name.copy())
        )
    table = value if structs else exp.to_identifier(f"_{value.name}_rows")
    unnest.replace(
        exp.Subquery(this=exp.Select(expressions=columns), alias=exp.TableAlias(this=table.copy()))
    )


def _holds_structs(array: exp.Expr) -> bool:
    if isinstance(array, exp.Array):
        return bool(array.expressions) and isinstance(array.expressions[0], exp.Struct)
    if not isinstance(array, exp.Cast) or array.to.this != exp.DataType.Type.ARRAY:
        return False
    element = array.to.expressions[0]
    return bool(element.this == exp.DataType.Type.STRUCT)


_UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:not found|was not found)')
_UNKNOWN_FUNCTION = re.compile(r"Function with name (\S+) does not exist")


def explain(problem: Exception, sql: str) -> BigQueryError:
    """DuckDB's refusal in BigQuery's words where there are any."""
    text = str(problem)
    if found := _UNKNOWN_COLUMN.search(text):
        return invalid_query(f"Unrecognized name: {found[1]}{_position(sql, found[1])}")
    if found := _UNKNOWN_FUNCTION.search(text):
        return invalid_query(f"Function not found: {found[1]}{_position(sql, found[1])}")
    return invalid_query(text.splitlines()[0].removeprefix("Binder Error: "))


def _position(sql: str, name: str) -> str:
    found = re.search(rf"(?i)\b{re.escape(name)}\b", sql)
    if found is None:
        return ""
    line = sql.count("\n", 0, found.start()) + 1
    column = found.start() - sql.rfind("\n", 0, found.start())
    return f" at [{line}:{column}]"
