"""Statements over tables are made of checked names; values are parameters."""

from datetime import UTC, datetime

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from common.warehouse.export import Filter, Statement, export_csv, select_rows

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_query_names_its_columns_and_takes_its_values_as_parameters() -> None:
    asked = select_rows(
        "orders",
        ["CUSTOMER NAME", "_30_30"],
        as_of=MOMENT,
        filters=[Filter("CUSTOMER NAME", ["NORTHWIND"], folded=True), Filter("po_number", ["1", "2"])],
        limit=10,
    )
    assert asked == Statement(
        "select `CUSTOMER NAME`, `_30_30`\n"
        "from `orders`\n"
        "for system_time as of @as_of\n"
        "where upper(trim(`CUSTOMER NAME`)) in unnest(@filter_0)\n"
        "and `po_number` in unnest(@filter_1)\n"
        "limit 10",
        {"as_of": MOMENT, "filter_0": ["NORTHWIND"], "filter_1": ["1", "2"]},
    )


def test_an_export_writes_the_rows_of_a_query() -> None:
    asked = export_csv("gs://our-bucket/runs/r1/orders/*.csv", select_rows("orders", ["a"]))
    assert asked.sql == (
        "export data options (uri = 'gs://our-bucket/runs/r1/orders/*.csv', format = 'CSV', header = true, "
        "overwrite = true) as\nselect `a`\nfrom `orders`"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "https://bucket/x/*.csv",
        "gs://bucket/x.csv",
        "gs://bucket/*/*.csv",
        "gs://bu*ket/x.csv",
        "gs://bucket/x'*.csv",
        "gs://bucket/x\\*.csv",
        "gs://bucket/../*.csv",
        "gs://bucket/x\n*.csv",
        "",
    ],
)
def test_an_export_goes_only_to_shards_of_cloud_storage(uri: str) -> None:
    with pytest.raises(ValueError, match="gs://"):
        export_csv(uri, select_rows("orders", ["a"]))


@pytest.mark.parametrize("name", ["orders`; drop table x", "", "a.b.c.d", "a b", "orders--x\n", "`"])
def test_a_table_is_named_by_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="name of a table"):
        select_rows(name, ["a"])


@pytest.mark.parametrize("name", ["a`b", "a\\", "", "a.b", "x" * 301, "a\nb", 'a"'])
def test_a_column_is_named_by_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="name of a column"):
        select_rows("orders", [name])
    with pytest.raises(ValueError, match="name of a column"):
        select_rows("orders", ["a"], filters=[Filter(name, ["x"])])


def test_a_query_has_columns_and_rows() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        select_rows("orders", [])
    with pytest.raises(ValueError, match="at least one row"):
        select_rows("orders", ["a"], limit=0)


@given(st.text(min_size=1, max_size=30))
def test_whatever_the_name_it_is_refused_or_stays_one_column(name: str) -> None:
    try:
        asked = select_rows("orders", [name])
    except ValueError:
        return
    tree = sqlglot.parse_one(asked.sql, read="bigquery")
    assert isinstance(tree, exp.Select)
    assert [column.name for column in tree.expressions] == [name]
