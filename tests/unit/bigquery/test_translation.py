"""GoogleSQL and what it must mean, each expression run on DuckDB after translation."""

import datetime as dt
import decimal
from typing import Any

import duckdb
import pytest

from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.encoding import TimestampFormat, row_expression
from infra.local.emulators.bigquery.errors import BigQueryError
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.functions import Surroundings
from infra.local.emulators.bigquery.names import DatasetName, TableName
from infra.local.emulators.bigquery.parameters import read_parameters
from infra.local.emulators.bigquery.translation import Translator, describe, explain, parse

NOW = dt.datetime(2024, 3, 1, 22, 30, tzinfo=dt.UTC)
HOME = DatasetName("proj", "home")


@pytest.fixture(scope="module")
def catalog(database: Database) -> Catalog:
    catalog = Catalog(lambda: 1_700_000_000_000)
    name = TableName("proj", "home", "t")
    fields = (
        Field("id", "INT64"),
        Field("v", "STRING"),
        Field("arr", "INT64", "REPEATED"),
        Field("items", "STRUCT", "REPEATED", (Field("a", "INT64"), Field("b", "STRING"))),
    )
    with database.transaction(writer=True) as cursor:
        catalog.prepare(cursor)
        catalog.create_dataset(cursor, HOME)
        catalog.create_table(cursor, name, fields)
        cursor.execute(
            f"INSERT INTO {name.duckdb} VALUES (1, 'a', [10, 20], [{{'a': 1, 'b': 'q'}}]), (2, NULL, [], [])"
        )
    return catalog


class Answer:
    """Rows as JSON texts, and the types of the columns."""

    def __init__(self, rows: list[str], types: list[str], names: list[str]) -> None:
        self.rows, self.types, self.names = rows, types, names


def run(
    database: Database, catalog: Catalog, sql: str, parameters: list[dict[str, Any]] | None = None
) -> Answer:
    with database.cursor() as cursor:
        surroundings = Surroundings("proj", NOW, read_parameters(parameters or []))
        translated = Translator(catalog, cursor, surroundings, HOME).query(parse(sql))
        try:
            fields = describe(cursor, translated)
            encoded = row_expression(fields, TimestampFormat.ISO)
            rows = cursor.execute(
                f"SELECT {encoded} FROM ({translated.sql}) AS t", translated.bindings or None
            )
            return Answer(
                [row[0] for row in rows.fetchall()], [f.sql() for f in fields], [f.name for f in fields]
            )
        except duckdb.Error as problem:
            raise explain(problem, sql) from problem


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        # Literals and arithmetic
        ("1", "INT64", "1"),
        ("2147483647 + 1", "INT64", "2147483648"),
        ("-2147483648 - 1", "INT64", "-2147483649"),
        ("1.5", "FLOAT64", "1.5"),
        ("1 / 2", "FLOAT64", "0.5"),
        ("NUMERIC '1.50'", "NUMERIC", "1.5"),
        ("NUMERIC '100'", "NUMERIC", "100"),
        ("NUMERIC '1.5' * NUMERIC '2'", "NUMERIC", "3"),
        ("BIGNUMERIC '0.0000000000000000001'", "BIGNUMERIC", "0.0000000000000000001"),
        ("DIV(-5, 2)", "INT64", "-2"),
        ("MOD(-5, 3)", "INT64", "-2"),
        ("SAFE_DIVIDE(1, 0)", "FLOAT64", None),
        ("ROUND(2.5)", "FLOAT64", "3.0"),
        ("NULL", "INT64", None),
        # Casts
        ("CAST(2.5 AS INT64)", "INT64", "3"),
        ("CAST('12' AS INT64)", "INT64", "12"),
        ("SAFE_CAST('x' AS INT64)", "INT64", None),
        ("SAFE_CAST('1.5' AS INT64)", "INT64", None),
        ("CAST(1.0 AS STRING)", "STRING", "1"),
        ("CAST(NUMERIC '1.50' AS STRING)", "STRING", "1.5"),
        ("CAST(TRUE AS STRING)", "STRING", "true"),
        ("CAST(b'abc' AS STRING)", "STRING", "abc"),
        ("TO_HEX(CAST('é' AS BYTES))", "STRING", "c3a9"),
        ("CAST(TIMESTAMP '2024-01-01 10:00:00+02' AS STRING)", "STRING", "2024-01-01 08:00:00+00"),
        # Text
        ("CONCAT('a', CAST(NULL AS STRING))", "STRING", None),
        ("FORMAT('%d-%s', 5, 'x')", "STRING", "5-x"),
        ("REGEXP_EXTRACT('abc', 'b(.)')", "STRING", "c"),
        ("REGEXP_EXTRACT('abc', 'z')", "STRING", None),
        ("REGEXP_REPLACE('aXbX', 'X', '-')", "STRING", "a-b-"),
        ("BYTE_LENGTH('é') * 10 + LENGTH('é')", "INT64", "21"),
        ("SAFE.SUBSTR('abc', 2)", "STRING", "bc"),
        ("SAFE.PARSE_DATE('%Y', 'x')", "DATE", None),
        ("LEAST(1, NULL)", "INT64", None),
        ("TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b))", "STRING", '{\\"a\\":1,\\"b\\":\\"x\\"}'),
        ("JSON_VALUE('{\"a\": {\"b\": 5}}', '$.a.b')", "STRING", "5"),
        ("""r'\\d' || 'it\\'s'""", "STRING", "\\\\dit's"),
        # Time
        ("CURRENT_TIMESTAMP()", "TIMESTAMP", "2024-03-01T22:30:00.000000Z"),
        ("CURRENT_DATE()", "DATE", "2024-03-01"),
        ("CURRENT_DATE('Asia/Tokyo')", "DATE", "2024-03-02"),
        ("CURRENT_DATETIME()", "DATETIME", "2024-03-01T22:30:00"),
        ("DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH)", "DATE", "2024-02-29"),
        ("DATE_TRUNC(DATE '2024-02-28', WEEK)", "DATE", "2024-02-25"),
        ("DATE_TRUNC(DATE '2024-02-28', MONTH)", "DATE", "2024-02-01"),
        ("EXTRACT(DAYOFWEEK FROM DATE '2024-01-07')", "INT64", "1"),
        ("EXTRACT(WEEK FROM DATE '2024-01-06')", "INT64", "0"),
        ("EXTRACT(ISOWEEK FROM DATE '2024-01-06')", "INT64", "1"),
        ("EXTRACT(DATE FROM TIMESTAMP '2024-01-06 23:00:00')", "DATE", "2024-01-06"),
        (
            "TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 11:01:00', TIMESTAMP '2024-01-01 10:59:00', HOUR)",
            "INT64",
            "0",
        ),
        ("DATE_DIFF(DATE '2024-03-01', DATE '2024-01-31', MONTH)", "INT64", "2"),
        ("TIMESTAMP_MILLIS(1500)", "TIMESTAMP", "1970-01-01T00:00:01.500000Z"),
        ("TIMESTAMP_MICROS(1)", "TIMESTAMP", "1970-01-01T00:00:00.000001Z"),
        ("PARSE_DATE('%Y%m%d', '20240105')", "DATE", "2024-01-05"),
        ("PARSE_TIMESTAMP('%Y-%m-%d', '2024-01-05')", "TIMESTAMP", "2024-01-05T00:00:00.000000Z"),
        ("FORMAT_TIMESTAMP('%F %T', TIMESTAMP '2024-01-05 10:00:00')", "STRING", "2024-01-05 10:00:00"),
        # Hashes; the fingerprints are the ones BigQuery's documentation shows
        ("FARM_FINGERPRINT(CONCAT('1', 'foo', 'true'))", "INT64", "-1541654101129638711"),
        ("FARM_FINGERPRINT(b'2applefalse')", "INT64", "2794438866806483259"),
        ("TO_HEX(MD5('a'))", "STRING", "0cc175b9c0f1b6a831c399e269772661"),
        # Conditions
        ("3 IN UNNEST([1, 2])", "BOOL", "false"),
        ("3 NOT IN UNNEST([1, 2])", "BOOL", "true"),
        ("3 IN UNNEST([1, NULL])", "BOOL", None),
        ("1 IN UNNEST(ARRAY<INT64>[])", "BOOL", "false"),
        ("IF(FALSE, 1, 2)", "INT64", "2"),
        # Arrays
        ("[10, 20][OFFSET(1)]", "INT64", "20"),
        ("[10, 20][ORDINAL(1)]", "INT64", "10"),
        ("[10, 20][SAFE_OFFSET(5)]", "INT64", None),
        ("ARRAY_LENGTH(GENERATE_ARRAY(1, 3))", "INT64", "3"),
    ],
)
def test_an_expression_has_bigquerys_type_and_value(
    database: Database, catalog: Catalog, expression: str, kind: str, value: str | None
) -> None:
    answer = run(database, catalog, f"SELECT {expression}")
    assert answer.types == [kind]
    assert answer.names == ["f0_"]
    assert answer.rows == ['{"f":[{"v":' + ("null" if value is None else f'"{value}"') + "}]}"]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT a, o FROM t, UNNEST(arr) AS a WITH OFFSET AS o", [("10", "0"), ("20", "1")]),
        ("SELECT a, offset FROM t CROSS JOIN UNNEST(t.arr) AS a WITH OFFSET", [("10", "0"), ("20", "1")]),
        ("SELECT i.a, i.b FROM t, UNNEST(items) AS i", [("1", "q")]),
        ("SELECT i.a, o FROM t, UNNEST(items) AS i WITH OFFSET o", [("1", "0")]),
        (
            "SELECT * FROM UNNEST([STRUCT(1 AS a, 'x' AS b), STRUCT(2, 'y'), (3, 'z')])",
            [("1", "x"), ("2", "y"), ("3", "z")],
        ),
        ("SELECT id, (SELECT MAX(x) FROM UNNEST(arr) AS x) FROM t ORDER BY id", [("1", "20"), ("2", None)]),
        ("SELECT ARRAY_AGG(id ORDER BY id DESC LIMIT 1)[OFFSET(0)], COUNT(*) FROM t", [("2", "2")]),
        (
            "SELECT ARRAY_AGG(v IGNORE NULLS ORDER BY id DESC LIMIT 1)[OFFSET(0)], COUNTIF(id > 1) FROM t",
            [("a", "1")],
        ),
        ("SELECT id, v FROM t ORDER BY v", [("2", None), ("1", "a")]),
        ("SELECT id, v FROM t ORDER BY v DESC", [("1", "a"), ("2", None)]),
        ("SELECT * EXCEPT (arr, items, v), id + 1 AS next FROM t WHERE id = 1", [("1", "2")]),
        ("SELECT id, v FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY id DESC) = 1", [("2", None)]),
        ("WITH t AS (SELECT 5 AS id, 6 AS b) SELECT * FROM t", [("5", "6")]),
        ("SELECT AS STRUCT 1 AS a, 2 AS b", [("1", "2")]),
        ("SELECT t.id, u.n FROM `proj.home.t` t JOIN (SELECT 2 AS n) u ON t.id = u.n", [("2", "2")]),
    ],
)
def test_a_query_finds_the_rows_bigquery_finds(
    database: Database, catalog: Catalog, sql: str, rows: list[tuple[str | None, ...]]
) -> None:
    def cell(text: str | None) -> str:
        return '{"v":null}' if text is None else '{"v":"' + text + '"}'

    expected = ['{"f":[' + ",".join(map(cell, row)) + "]}" for row in rows]
    assert run(database, catalog, sql).rows == expected


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1 / 0", "division by zero"),
        ("SELECT CAST('1.5' AS INT64)", "Bad int64 value: 1.5"),
        ("SELECT arr[OFFSET(9)] FROM t WHERE id = 1", "Array index 9 is out of bounds"),
        ("SELECT SHA512('a')", "SHA512"),
        ("SELECT CAST('x' AS STRING(5))", "parameterised type"),
        ("SELECT STRING_AGG(v LIMIT 1) FROM t", "STRING_AGG with LIMIT"),
        ("SELECT CAST(CURRENT_DATE() AS STRING FORMAT 'YYYY')", "CAST with FORMAT"),
        ("SELECT FORMAT('%T', 1)", "FORMAT"),
        ("SELECT CURRENT_DATE('Mars/Base')", "Invalid time zone"),
        ("SELECT @@version", "system variable"),
        ("SELECT AS VALUE STRUCT(1 AS a)", "SELECT AS VALUE"),
        ("SELECT [[1]] AS a", "arrays of arrays"),
        ("SELECT INTERVAL 1 DAY AS i", "not served"),
        ("SELECT * FROM home.INFORMATION_SCHEMA.PARTITIONS", "INFORMATION_SCHEMA.PARTITIONS"),
        ("SELECT * FROM a.b.c.d", "Invalid table name"),
        ("SELECT 1 +", "Syntax error"),
        ("", "Syntax error"),
    ],
)
def test_what_cannot_be_served_is_refused(
    database: Database, catalog: Catalog, sql: str, message: str
) -> None:
    with pytest.raises(BigQueryError, match=message) as refused:
        run(database, catalog, sql)
    assert refused.value.reason == "invalidQuery"


def test_question_marks_in_text_and_comments_are_no_parameters(database: Database, catalog: Catalog) -> None:
    kinds = [{"parameterType": {"type": "INT64"}, "parameterValue": {"value": str(n)}} for n in (7, 8)]
    answer = run(database, catalog, "SELECT '?', ? AS a -- ?\n, ? AS b", kinds)
    assert answer.rows == ['{"f":[{"v":"?"},{"v":"7"},{"v":"8"}]}']


@pytest.mark.parametrize(
    ("kind", "value"),
    [("INT64", "x"), ("BYTES", "***"), ("GEOGRAPHY", "POINT(0 0)")],
)
def test_a_bad_parameter_is_named(kind: str, value: str) -> None:
    with pytest.raises(BigQueryError, match="query parameter p"):
        read_parameters([{"name": "p", "parameterType": {"type": kind}, "parameterValue": {"value": value}}])


def test_a_parameter_given_twice_is_refused() -> None:
    one = {"name": "p", "parameterType": {"type": "INT64"}, "parameterValue": {"value": "1"}}
    with pytest.raises(BigQueryError, match="Duplicate parameter"):
        read_parameters([one, {**one, "name": "P"}])


def test_decimals_are_exact(database: Database, catalog: Catalog) -> None:
    parameter = {"type": "NUMERIC"}, {"value": "0.123456789"}
    answer = run(
        database,
        catalog,
        "SELECT @d * 1 AS d",
        [{"name": "d", "parameterType": parameter[0], "parameterValue": parameter[1]}],
    )
    assert decimal.Decimal(answer.rows[0].split('"')[5]) == decimal.Decimal("0.123456789")
