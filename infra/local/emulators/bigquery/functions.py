"""Where GoogleSQL and DuckDB would give different answers for the same expression, rewritten to give
BigQuery's.

sqlglot translates most of the language; what is here is what it leaves to mean something else without an
error: types of literals, rounding casts, division by zero, calendar arithmetic that changes a DATE into a
DATETIME, weeks that begin on Sunday, limits inside aggregates, offsets that count from zero, and the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from infra.local.emulators.bigquery.errors import invalid_query, unsupported
from infra.local.emulators.bigquery.parameters import Parameter

_INT32_MAX = 2**31 - 1
_STRING_TYPES = (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR)
_PERCENTILES = (exp.PercentileCont, exp.PercentileDisc, exp.ApproxQuantile)


@dataclass(frozen=True)
class Surroundings:
    """What an expression may refer to beside its tables. `now` is aware, in UTC, and the same for a whole
    statement.
    """

    project: str
    now: datetime
    parameters: dict[str, Parameter]


class FunctionRewriter:
    """Rewrites the expressions of one statement; afterwards `bindings` holds the values its SQL refers to."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self.bindings: dict[str, object] = {}
        self._rules: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
            exp.CurrentTimestamp: lambda node: self._timestamp(),
            exp.CurrentDate: self._current("DATE", "%Y-%m-%d"),
            exp.CurrentDatetime: self._current("TIMESTAMP", "%Y-%m-%d %H:%M:%S.%f"),
            exp.CurrentTime: self._current("TIME", "%H:%M:%S.%f"),
            exp.Parameter: self._parameter,
            exp.SessionUser: lambda node: exp.Literal.string("local@localhost"),
            **_RULES,
        }

    def rewrite(self, tree: exp.Expr) -> exp.Expr:
        """The tree with every expression rewritten, inner ones first."""
        for node in reversed(list(tree.walk(bfs=False))):
            rule = self._rules.get(type(node))
            if rule is None:
                continue
            parent, arg, index = node.parent, node.arg_key or "", node.index
            new = rule(node)
            if new is node:
                continue
            if parent is None:
                tree = new
            else:
                parent.set(arg, new, index)
        return tree

    def _timestamp(self) -> exp.Expr:
        return _cast(exp.Literal.string(self._surroundings.now.isoformat(sep=" ")), "TIMESTAMPTZ")

    def _current(self, kind: str, pattern: str) -> Callable[[exp.Expr], exp.Expr]:
        def rule(node: exp.Expr) -> exp.Expr:
            zone = node.args.get("this")
            if zone is not None and not zone.is_string:
                raise unsupported(f"a computed time zone in {node.sql('bigquery')}")
            moment = self._surroundings.now.astimezone(_zone(zone.name if zone is not None else "UTC"))
            return _cast(exp.Literal.string(moment.strftime(pattern)), kind)

        return rule

    def _parameter(self, node: exp.Parameter) -> exp.Expr:
        if isinstance(node.this, exp.Parameter):
            if node.this.name.lower() == "project_id":
                return exp.Literal.string(self._surroundings.project)
            raise unsupported(f"the system variable @@{node.this.name}")
        if isinstance(node.parent, exp.Parameter):
            return node
        name = node.name.lower()
        if name not in self._surroundings.parameters:
            raise invalid_query(f"Query parameter '{node.name}' not found")
        parameter = self._surroundings.parameters[name]
        self.bindings[name] = parameter.value
        return _cast(exp.Parameter(this=exp.var(name)), parameter.kind)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise invalid_query(f"Invalid time zone: {name}") from problem


def _cast(node: exp.Expr, kind: str) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="duckdb"))


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _literal(node: exp.Literal) -> exp.Expr:
    """A number with a point or an exponent is a FLOAT64, and an integer operand has 64 bits."""
    if node.is_string or isinstance(
        node.parent, (exp.DataTypeParam, exp.Limit, exp.Offset, exp.Interval, *_PERCENTILES)
    ):
        return node
    if not node.is_int:
        return node if _is_decimal_cast(node.parent) else _cast(node.copy(), "DOUBLE")
    operand = isinstance(node.parent, (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.BitwiseLeftShift))
    return _cast(node.copy(), "BIGINT") if operand else node


def _is_decimal_cast(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in (
        exp.DataType.Type.DECIMAL,
        exp.DataType.Type.BIGDECIMAL,
    )


def _type_cast(node: exp.Cast) -> exp.Expr:
    """CAST and SAFE_CAST where BigQuery rounds, spells or encodes in its own way."""
    if node.args.get("format") is not None:
        raise unsupported("CAST with FORMAT")
    kind, safe = node.to.this, isinstance(node, exp.TryCast)
    if kind == exp.DataType.Type.BIGINT:
        return _call("bq_safe_int64" if safe else "bq_int64", node.this)
    if kind in _STRING_TYPES:
        text = _call("bq_string", node.this)
        return _call("TRY", text) if safe else text
    if kind in (exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY):
        return _call("bq_bytes", node.this)
    return node


def _numeric(node: exp.DataType) -> exp.Expr:
    """NUMERIC and BIGNUMERIC with the scale that tells them apart in DuckDB; other parameters are refused."""
    scales = {exp.DataType.Type.DECIMAL: 9, exp.DataType.Type.BIGDECIMAL: 19}
    if node.this in scales:
        return exp.DataType.build(f"DECIMAL(38,{scales[node.this]})", dialect="duckdb")
    if node.expressions and node.this not in (exp.DataType.Type.ARRAY, exp.DataType.Type.STRUCT):
        raise unsupported(f"the parameterised type {node.sql('bigquery')}")
    return node


def _divide(node: exp.Div) -> exp.Expr:
    return _call("bq_divide", node.this, node.expression)


def _as_date(node: exp.Expr) -> exp.Expr:
    """DATE_ADD, DATE_SUB and DATE_TRUNC of a DATE are a DATE; DuckDB would make a DATETIME of it."""
    return _cast(node.copy(), "DATE")


def _parse_timestamp(node: exp.StrToTime) -> exp.Expr:
    return _cast(node.copy(), "TIMESTAMPTZ")


def _unix_to_time(node: exp.UnixToTime) -> exp.Expr:
    """TIMESTAMP_SECONDS, _MILLIS and _MICROS give a TIMESTAMP exactly; DuckDB's way would lose the zone or
    digits.
    """
    scale = int(node.args["scale"].name) if node.args.get("scale") else 0
    micros = exp.Mul(
        this=exp.paren(node.this.copy()), expression=_cast(exp.Literal.number(10 ** (6 - scale)), "BIGINT")
    )
    return exp.AtTimeZone(this=_call("make_timestamp", micros), zone=exp.Literal.string("UTC"))


def _timestamp_diff(node: exp.TimestampDiff) -> exp.Expr:
    """Whole units that have passed, not boundaries crossed."""
    unit = node.args.get("unit") or exp.var("DAY")
    return _call("date_sub", exp.Literal.string(unit.name.lower()), node.expression, node.this)


def _extract(node: exp.Extract) -> exp.Expr:
    part, source = node.name.upper(), node.expression
    if part == "DAYOFWEEK":
        return exp.paren(
            exp.Add(
                this=exp.Extract(this=exp.var("dow"), expression=source), expression=exp.Literal.number(1)
            )
        )
    if part == "DATE":
        return _cast(source, "DATE")
    if part == "TIME":
        return _cast(source, "TIME")
    if part == "WEEK":
        return _cast(_call("strftime", source, exp.Literal.string("%U")), "BIGINT")
    if part in ("ISOWEEK", "ISOYEAR"):
        return exp.Extract(this=exp.var({"ISOWEEK": "week", "ISOYEAR": "isoyear"}[part]), expression=source)
    return node


def _format(node: exp.Format) -> exp.Expr:
    if "%t" in node.name.lower() or "%'" in node.name:
        raise unsupported(f"this pattern of FORMAT: {node.name}")
    return _call("printf", node.this, *node.expressions)


def _bracket(node: exp.Bracket) -> exp.Expr:
    """An array element; one beyond the end is an error unless SAFE_ was written."""
    if node.args.get("offset") is None or node.args.get("safe"):
        return node
    index = exp.Add(this=node.expressions[0], expression=exp.Literal.number(1 - node.args["offset"]))
    return _call("bq_element", node.this, index)


def _safe_function(node: exp.Expr) -> exp.Expr:
    return _call("TRY", node.this)


def _fingerprint(node: exp.Expr) -> exp.Expr:
    return _call(
        "bq_farm_fingerprint", _call("bq_bytes", node.expressions[0] if node.expressions else node.this)
    )


def _byte_length(node: exp.ByteLength) -> exp.Expr:
    return _call("octet_length", _call("bq_bytes", node.this))


def _sha2(node: exp.SHA2Digest) -> exp.Expr:
    if node.args.get("length") is not None and node.args["length"].name != "256":
        raise unsupported("SHA512")
    return node


def _array_agg(node: exp.ArrayAgg) -> exp.Expr:
    """ARRAY_AGG(x [IGNORE NULLS] [ORDER BY ..] [LIMIT n]): DuckDB knows no limit there, and keeps NULLs."""
    limit, inner = None, node.this
    if isinstance(inner, exp.Limit):
        limit, inner = inner.expression, inner.this
    aggregate: exp.Expr = exp.ArrayAgg(this=inner)
    if isinstance(node.parent, exp.IgnoreNulls):
        aggregate = exp.Filter(this=aggregate, expression=exp.Where(this=_not_null(_aggregated(inner))))
    if isinstance(node.parent, (exp.Window, exp.Filter)) and limit is not None:
        raise unsupported("ARRAY_AGG with LIMIT over a window")
    return aggregate if limit is None else _call("list_slice", aggregate, exp.Literal.number(1), limit)


def _aggregated(node: exp.Expr) -> exp.Expr:
    while isinstance(node, (exp.Order, exp.Distinct)):
        node = node.this if isinstance(node, exp.Order) else node.expressions[0]
    return node.copy()


def _not_null(node: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=node, expression=exp.Null()))


def _ignore_nulls(node: exp.IgnoreNulls) -> exp.Expr:
    """IGNORE NULLS around an ARRAY_AGG has become a filter of it already."""
    handled = isinstance(node.this, (exp.Filter, exp.Anonymous))
    return node.this if handled else node


def _string_agg(node: exp.GroupConcat) -> exp.Expr:
    if isinstance(node.this, exp.Limit):
        raise unsupported("STRING_AGG with LIMIT")
    return node


def _array(node: exp.Array) -> exp.Expr:
    """[STRUCT(1 AS a), (2)]: the first element names the members of all."""
    first = node.expressions[0] if node.expressions else None
    if not isinstance(first, exp.Struct) or not all(
        isinstance(item, exp.PropertyEQ) for item in first.expressions
    ):
        return node
    names = [item.this for item in first.expressions]
    for element in node.expressions[1:]:
        if isinstance(element, (exp.Tuple, exp.Struct)) and len(element.expressions) == len(names):
            values = [
                item.expression if isinstance(item, exp.PropertyEQ) else item for item in element.expressions
            ]
            members = [
                exp.PropertyEQ(this=name.copy(), expression=value)
                for name, value in zip(names, values, strict=True)
            ]
            element.replace(exp.Struct(expressions=members))
    return node


def _in(node: exp.In) -> exp.Expr:
    """x IN UNNEST(array) as a semi-join, which is fast for long arrays and treats NULL as BigQuery does."""
    unnest = node.args.get("unnest")
    if unnest is None:
        return node
    rows = exp.Select(expressions=[_call("unnest", unnest.expressions[0])])
    return exp.In(this=node.this, query=exp.Subquery(this=rows))


_RULES: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Array: _array,
    exp.ArrayAgg: _array_agg,
    exp.Bracket: _bracket,
    exp.ByteLength: _byte_length,
    exp.Cast: _type_cast,
    exp.DataType: _numeric,
    exp.DateAdd: _as_date,
    exp.DateSub: _as_date,
    exp.DateTrunc: _as_date,
    exp.Div: _divide,
    exp.Extract: _extract,
    exp.FarmFingerprint: _fingerprint,
    exp.Format: _format,
    exp.GroupConcat: _string_agg,
    exp.IgnoreNulls: _ignore_nulls,
    exp.In: _in,
    exp.Literal: _literal,
    exp.SHA2Digest: _sha2,
    exp.SafeFunc: _safe_function,
    exp.StrToTime: _parse_timestamp,
    exp.TimestampDiff: _timestamp_diff,
    exp.TryCast: _type_cast,
    exp.UnixToTime: _unix_to_time,
}
