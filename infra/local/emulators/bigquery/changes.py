"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE, with the counts BigQuery reports."""

from collections import Counter
from collections.abc import Iterable

from duckdb import DuckDBPyConnection
from sqlglot import exp

from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.errors import invalid_query, unsupported
from infra.local.emulators.bigquery.jobs import Outcome
from infra.local.emulators.bigquery.references import name_parts
from infra.local.emulators.bigquery.translation import Translator

_KINDS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Insert: ("INSERT", "insertedRowCount"),
    exp.Update: ("UPDATE", "updatedRowCount"),
    exp.Delete: ("DELETE", "deletedRowCount"),
    exp.TruncateTable: ("TRUNCATE_TABLE", "deletedRowCount"),
    exp.Merge: ("MERGE", ""),
}
_MERGE_COUNTS = {"INSERT": "insertedRowCount", "UPDATE": "updatedRowCount", "DELETE": "deletedRowCount"}


def is_change(tree: exp.Expr) -> bool:
    """Whether a statement changes rows."""
    return type(tree) in _KINDS


class Change:
    """One statement that changes rows. The tree is consumed."""

    def __init__(
        self, catalog: Catalog, cursor: DuckDBPyConnection, translator: Translator, tree: exp.Expr
    ) -> None:
        self._catalog = catalog
        self._cursor = cursor
        self._translator = translator
        self._kind, self._count = _KINDS[type(tree)]
        self._target = translator.resolver.name(name_parts(_target(tree)))
        self._rewritten = translator.rewrite(self._checked(tree))

    def plan(self) -> str:
        """Let DuckDB check the statement without running it; returns BigQuery's statement type."""
        statement = self._translator.render(self._rewritten)
        self._cursor.execute(f"EXPLAIN {statement.sql}", statement.bindings or None)
        return self._kind

    def execute(self) -> Outcome:
        """Run it; the outcome has numDmlAffectedRows and dmlStats."""
        if isinstance(self._rewritten, exp.Update):
            self._check_one_match(self._rewritten)
        statement = self._translator.render(self._rewritten)
        if self._kind == "MERGE":
            rows = self._cursor.execute(
                f"{statement.sql} RETURNING merge_action", statement.bindings or None
            ).fetchall()
            stats = {
                _MERGE_COUNTS[action]: count for action, count in Counter(row[0] for row in rows).items()
            }
        else:
            row = self._cursor.execute(statement.sql, statement.bindings or None).fetchone()
            stats = {self._count: int(row[0]) if row else 0}
        self._catalog.save_table(self._cursor, self._catalog.table(self._cursor, self._target))
        query = {"statementType": self._kind, "numDmlAffectedRows": str(sum(stats.values()))}
        return Outcome({"query": {**query, "dmlStats": {name: str(count) for name, count in stats.items()}}})

    def _checked(self, tree: exp.Expr) -> exp.Expr:
        if isinstance(tree, (exp.Update, exp.Delete)) and tree.args.get("where") is None:
            raise invalid_query(f"{self._kind} must have a WHERE clause")
        if isinstance(tree, exp.Delete) and tree.args.get("tables"):  # DELETE t, without FROM
            tree.set("this", tree.args["tables"][0])
            tree.set("tables", None)
        if isinstance(tree, exp.Update):
            _unqualify(tree.expressions, tree.this)
        if isinstance(tree, exp.Merge):
            for when in tree.find_all(exp.When):
                _prepare_when(when, tree.this)
        return tree

    def _check_one_match(self, update: exp.Update) -> None:
        """UPDATE ... FROM may meet a row once only; DuckDB would silently take one of the matches."""
        source = update.args.get("from_")
        if source is None:
            return
        target = update.this
        rowid = exp.Column(
            this=exp.to_identifier("rowid"), table=exp.to_identifier(target.alias_or_name, quoted=True)
        )
        having = exp.Having(this=exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
        query = exp.Select(
            expressions=[exp.Literal.number(1)],
            from_=exp.From(this=target.copy()),
            joins=[
                exp.Join(this=source.this.copy(), kind="CROSS"),
                *(j.copy() for j in source.args.get("joins") or []),
            ],
            where=update.args["where"].copy(),
            group=exp.Group(expressions=[rowid]),
            having=having,
            limit=exp.Limit(expression=exp.Literal.number(1)),
        )
        check = self._translator.render(query)
        if self._cursor.execute(check.sql, check.bindings or None).fetchone() is not None:
            raise invalid_query("UPDATE/MERGE must match at most one source row for each target row")


def _target(tree: exp.Expr) -> exp.Expr:
    """The table that a statement changes."""
    listed = isinstance(tree, (exp.Delete, exp.TruncateTable)) and (
        tree.args.get("tables") or tree.expressions
    )
    target: exp.Expr = listed[0] if listed else tree.this
    return target.this if isinstance(target, exp.Schema) else target


def _prepare_when(when: exp.When, target: exp.Expr) -> None:
    action = when.args["then"]
    if isinstance(action, exp.Update):
        _unqualify(action.expressions, target)
    if isinstance(action, exp.Insert) and action.name.upper() == "ROW":
        action.set("this", exp.Star())


def _unqualify(assignments: Iterable[exp.Expr], target: exp.Expr) -> None:
    """SET t.a = ..: DuckDB wants the bare column."""
    for assignment in assignments:
        column = assignment.this
        if not isinstance(column, exp.Column) or (
            column.table and column.table.lower() != target.alias_or_name.lower()
        ):
            raise unsupported(f"assigning to a part of a column: {column.sql('bigquery')}")
        assignment.set("this", exp.Column(this=column.this))
