"""An order book goes into BigQuery through the real clients, and what cannot be read is kept."""

import io
import json
from typing import Any

import pytest

from common.errors import Usage
from common.services import Services
from common.warehouse.export import export_csv, select_rows
from functions.fetch.orders.loader import OrdersLoader
from functions.fetch.orders.schema import LOAD_PROBLEM, SOURCE_ROW, labels, load_of
from tests.fakes.any_columns import AnyColumns

BOOK = (
    "AAG ORDER NUMBER,CUSTOMER NAME,30/30,30X30,NOTES\n"
    'JOO-1,NORTHWIND,"1,250",,"two\nlines"\n'
    "JOO-2,NORTHWIND,1,2,,what,is,this\n"
    'JOO-3,NORTHWIND,"broken"quote,,\n'
    "JOO-4,ALDER (AU),,4,Crème\n"
)


@pytest.fixture
def loader(services: Services) -> OrdersLoader:
    services.warehouse.execute("drop table if exists orders", {})
    with services.database.transaction() as connection:
        connection.exec_driver_sql("delete from quarantine")
    return OrdersLoader(services, AnyColumns())


def rows(services: Services, job: str) -> list[dict[str, Any]]:
    """The table by its headers, without what is empty."""
    names = labels(services.warehouse.table("orders").columns)
    services.warehouse.start_query(job, "select * from orders order by source_row", {})
    found = services.warehouse.query_page(job, None, 1000).rows
    return [{names.get(k, k): value for k, value in row.items() if value is not None} for row in found]


def quarantined(services: Services) -> list[tuple[int, str, str, dict[str, Any]]]:
    """Row, column, reason and raw form of what is in quarantine."""
    with services.database.transaction() as connection:
        found = connection.exec_driver_sql(
            "select row_number, problems, raw from quarantine order by row_number"
        )
        return [(row[0], row[1][0]["column"], row[1][0]["reason"], row[2]) for row in found]


def test_a_book_with_rows_that_cannot_be_read(services: Services, loader: OrdersLoader) -> None:
    told = loader.load(io.BytesIO(BOOK.encode()), file="book.csv", tenant="default")
    assert (told.read, told.loaded, told.rejected, told.rows_before, told.rows_now) == (4, 2, 2, 0, 4)
    assert [(problem.row, problem.reason) for problem in told.problems] == [
        (4, "too_many_cells"),
        (5, "bad_quoting"),
    ]
    assert "Until every row can be read, no order is taken for deleted." in told.notices
    good, wide, broken, last = rows(services, "as_loaded")
    assert good == {
        "AAG ORDER NUMBER": "JOO-1",
        "CUSTOMER NAME": "NORTHWIND",
        "30/30": "1,250",
        "NOTES": "two\nlines",
        SOURCE_ROW: 2,
    }
    assert wide.keys() == broken.keys() == {SOURCE_ROW, LOAD_PROBLEM}
    assert (wide[SOURCE_ROW], wide[LOAD_PROBLEM]) == (
        4,
        "too_many_cells: There are 8 cells under 5 headers; quote cells that hold the delimiter.",
    )
    assert (last[SOURCE_ROW], last["NOTES"]) == (6, "Crème")
    assert list(services.objects.list("loads/")) == []


def test_the_same_book_again_changes_nothing(services: Services, loader: OrdersLoader) -> None:
    for turn in ("first", "again"):
        loader.load(io.BytesIO(BOOK.encode()), file="book.csv", tenant="default")
        kept = (
            rows(services, f"{turn}_time"),
            quarantined(services),
            services.warehouse.table("orders").columns,
        )
        if turn == "first":
            first = kept
    assert kept == first
    assert len(kept[1]) == 2


def test_a_mended_row_takes_its_place(services: Services, loader: OrdersLoader) -> None:
    loader.load(io.BytesIO(BOOK.encode()), file="book.csv", tenant="default")
    [(number, _, _, raw), _] = quarantined(services)
    assert raw["load"] == load_of(services.warehouse.table("orders").columns)
    assert [problem.reason for problem in loader.prepare(raw)] == ["no_cells"]  # type: ignore[union-attr]
    mended = {**raw, "cells": {"AAG ORDER NUMBER": "JOO-2", "30/30": 1, "30X30": 2}}
    assert not isinstance(loader.prepare(mended), list)
    loader.load_raw([mended])
    found = {row[SOURCE_ROW]: row for row in rows(services, "mended")}
    assert len(found) == 4
    assert found[number] == {"AAG ORDER NUMBER": "JOO-2", "30/30": "1", "30X30": "2", SOURCE_ROW: 4}


def test_a_row_of_a_book_that_was_replaced_is_not_mended(services: Services, loader: OrdersLoader) -> None:
    loader.load(io.BytesIO(BOOK.encode()), file="book.csv", tenant="default")
    [(_, _, _, raw), _] = quarantined(services)
    newer = OrdersLoader(services, AnyColumns())
    newer.load(io.BytesIO(b"AAG ORDER NUMBER\nJOO-9\n"), file="newer.csv", tenant="default")
    problems = newer.prepare({**raw, "cells": {"AAG ORDER NUMBER": "JOO-2"}})
    assert [problem.reason for problem in problems] == ["superseded"]  # type: ignore[union-attr]


def test_a_file_that_is_no_order_book_leaves_the_one_there(services: Services, loader: OrdersLoader) -> None:
    loader.load(io.BytesIO(BOOK.encode()), file="book.csv", tenant="default")
    with pytest.raises(Usage):
        loader.load(io.BytesIO(b"S,s\n1,2\n"), file="sizes.csv", tenant="default")
    assert len(rows(services, "left_alone")) == 4
    assert list(services.objects.list("loads/")) == []


def test_records_with_keys_of_their_own_fill_one_table(services: Services, loader: OrdersLoader) -> None:
    records = [
        {"A": "1", "S": 12},
        {"A": "2", "M": 12.50, "nested": {"x": 1}},
        {"A": "3", "M": None, "NEW": "é"},
    ]
    text = "".join(json.dumps(record) + "\n" for record in records)
    told = loader.load(io.BytesIO(text.encode()), file="book.ndjson", tenant="default")
    assert [(problem.row, problem.column, problem.reason) for problem in told.problems] == [
        (2, "nested", "not_a_cell")
    ]
    first, bad, third = rows(services, "records")
    assert (first, third) == ({"A": "1", "S": "12", SOURCE_ROW: 1}, {"A": "3", "NEW": "é", SOURCE_ROW: 3})
    assert bad[LOAD_PROBLEM].startswith("not_a_cell: nested: ")


def test_a_book_of_several_objects_is_exported_as_it_was_loaded(
    services: Services, loader: OrdersLoader
) -> None:
    lines = [f"JOO-{number},{number % 7},é{number}" for number in range(9000)]
    text = "\n".join(["AAG ORDER NUMBER,S,NOTES", *lines])
    assert loader.load(io.BytesIO(text.encode()), file="book.csv", tenant="default").rows_now == 9000
    facts = services.warehouse.table("orders")
    names = [column.name for column in facts.columns]
    uri = f"gs://{services.environment.bucket}/exported/*.csv"
    asked = export_csv(uri, select_rows("orders", names, as_of=facts.modified))
    services.warehouse.start_query("export_orders", asked.sql, asked.parameters)
    assert services.warehouse.finished("export_orders", 60).output_rows == 9000
    exported = b"".join(
        services.objects.get(each.name) for each in services.objects.list("exported/")
    ).decode()
    assert exported.splitlines()[0] == ",".join(names)
    assert exported.splitlines()[1:] == [f"{line},{place + 2}," for place, line in enumerate(lines)]
