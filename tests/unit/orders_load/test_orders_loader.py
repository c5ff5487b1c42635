"""A file of orders becomes the table `orders`, column by column and row by row."""

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from common.environment import Environment
from common.errors import Refuse, Usage
from common.interface.loading import Loaded, Loader, NumberedLoader
from common.services import Services
from common.warehouse.port import Column
from functions.fetch.orders.loader import OrdersLoader
from functions.fetch.orders.schema import labels
from tests.fakes.any_columns import AnyColumns
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.warehouse import FakeWarehouse


class Desk:
    """The loader with everything outside of it in memory. Nothing here is bad, so there is no quarantine."""

    def __init__(self) -> None:
        self.services = Services(Environment(bucket="bucket"))
        self.objects = FakeObjectStore()
        self.warehouse = FakeWarehouse(self.objects)
        self._jobs = itertools.count()
        self.services.objects = self.objects  # type: ignore[misc]
        self.services.warehouse = self.warehouse  # type: ignore[misc]

    def load(self, text: str | bytes, mapping: Mapping[str, str | None] | None = None) -> Loaded:
        """Load a file of this content."""
        content = text.encode() if isinstance(text, str) else text
        loader = OrdersLoader(self.services, AnyColumns())
        return loader.load(io.BytesIO(content), file="book.csv", tenant="default", mapping=mapping)

    def rows(self) -> list[dict[str, Any]]:
        """The table, by the headers of the file; our own columns by their names, where they say something."""
        names = labels(self.warehouse.table("orders").columns)
        job = f"rows {next(self._jobs)}"
        self.warehouse.start_query(job, "select * from orders order by source_row", {})
        found = self.warehouse.query_page(job, None, 1000).rows
        return [
            {names.get(name, name): value for name, value in row.items() if value is not None}
            for row in found
        ]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.warehouse.close()


def test_the_loader_is_one_and_knows_no_numbers(desk: Desk) -> None:
    loader: Loader = OrdersLoader(desk.services, AnyColumns())
    assert not isinstance(loader, NumberedLoader)


def test_every_column_is_kept_as_text_under_its_header(desk: Desk) -> None:
    told = desk.load('PO NUMBER,30/30,Remark\n8148-00,"1,250",\n')
    assert desk.rows() == [{"PO NUMBER": "8148-00", "30/30": "1,250", "source_row": 2}]
    columns = desk.warehouse.table("orders").columns
    assert columns[:3] == (
        Column("PO_NUMBER", "STRING", description="PO NUMBER"),
        Column("_30_30", "STRING", description="30/30"),
        Column("Remark", "STRING", description="Remark"),
    )
    assert [column.name for column in columns[3:]] == ["source_row", "load_problem"]
    assert (told.read, told.loaded, told.rejected, told.rows_before, told.rows_now) == (1, 1, 0, 0, 1)


def test_cells_are_kept_as_they_are(desk: Desk) -> None:
    desk.load("a,b,c\n  $14.50 ,TRUE,Cre\u0300me\n")
    assert desk.rows() == [{"a": "  $14.50 ", "b": "TRUE", "c": "Cre\u0300me", "source_row": 2}]


def test_a_row_is_numbered_by_the_line_it_starts_on(desk: Desk) -> None:
    desk.load('a,b\n1,"two\nlines"\n\n3,4\n')
    assert [row["source_row"] for row in desk.rows()] == [2, 5]


def test_values_of_json_are_text_as_they_were_written(desk: Desk) -> None:
    desk.load('{"a": 14.50, "b": true, "c": null, "d": 12}\n{"e": "x", "a": 1E+2}\n')
    assert desk.rows() == [
        {"a": "14.50", "b": "TRUE", "d": "12", "source_row": 1},
        {"a": "1E+2", "e": "x", "source_row": 2},
    ]


def test_an_array_of_records_is_read_too(desk: Desk) -> None:
    desk.load(json.dumps([{"a": 1}, {"a": 2}]))
    assert [row["source_row"] for row in desk.rows()] == [1, 2]


def test_a_mapping_gives_our_names_to_their_headers(desk: Desk) -> None:
    told = desk.load("Sales order,Internal\nJOO-1,x\n", {"Sales order": "AAG ORDER NUMBER", "Internal": None})
    assert desk.rows() == [{"AAG ORDER NUMBER": "JOO-1", "source_row": 2}]
    assert told.unused_columns == ["Internal"]


def test_a_file_takes_the_place_of_the_one_before(desk: Desk) -> None:
    desk.load("a,b\n1,2\n3,4\n")
    told = desk.load("b,c\n5,6\n")
    assert desk.rows() == [{"b": "5", "c": "6", "source_row": 2}]
    assert (told.rows_before, told.rows_now) == (2, 1)


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    first = desk.load("a,b\n1,2\n3,4\n")
    before, columns = desk.rows(), desk.warehouse.table("orders").columns
    again = desk.load("a,b\n1,2\n3,4\n")
    assert (desk.rows(), desk.warehouse.table("orders").columns) == (before, columns)
    assert again == first.model_copy(update={"rows_before": 2})


def test_nothing_is_left_in_the_bucket(desk: Desk) -> None:
    desk.load("a\n1\n")
    with pytest.raises(Usage):
        desk.load('{"S": 1}\n{"S": 1, "s": 2}\n')
    assert list(desk.objects.list()) == []


@pytest.mark.parametrize("text", ["a,b\n", "a,b\n,\n\n"])
def test_an_order_book_without_an_order_is_refused(desk: Desk, text: str) -> None:
    desk.load("a,b\n1,2\n")
    with pytest.raises(Usage, match="every order is gone") as raised:
        desk.load(text)
    assert raised.value.reason == "no_rows"
    assert len(desk.rows()) == 1


def test_two_headers_for_one_column_are_refused_and_nothing_is_loaded(desk: Desk) -> None:
    desk.load("a,b\n1,2\n")
    with pytest.raises(Usage, match=r"the 1\. .*the 2\. "):
        desk.load("PO,po\n3,4\n")
    assert desk.rows() == [{"a": "1", "b": "2", "source_row": 2}]


def test_a_load_that_fails_leaves_the_book_that_was_there(desk: Desk) -> None:
    desk.load("a,b\n1,2\n")
    broken = BrokenLoads(desk.warehouse)
    desk.services.warehouse = broken  # type: ignore[misc]
    with pytest.raises(Refuse):
        desk.load("a,b\n3,4\n")
    assert desk.rows() == [{"a": "1", "b": "2", "source_row": 2}]
    assert list(desk.objects.list()) == []


class BrokenLoads:
    """A warehouse that refuses every load."""

    def __init__(self, warehouse: FakeWarehouse) -> None:
        self._warehouse = warehouse

    def load_objects(self, *arguments: Any, **options: Any) -> None:
        """See Warehouse.load_objects."""
        raise Refuse("The rows are on fire.", reason="bad_rows")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._warehouse, name)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({}, "missing"),
        ({"source_row": True, "load": "here", "cells": {"a": "1"}}, "missing"),
        ({"source_row": 2, "load": "elsewhere", "cells": {"a": "1"}}, "superseded"),
        ({"source_row": 2, "load": "here", "cells": {}}, "no_cells"),
        ({"source_row": 2, "load": "here", "cells": {"z": "1"}}, "unknown_column"),
        ({"source_row": 2, "load": "here", "cells": {"a": [1]}}, "not_a_cell"),
    ],
)
def test_a_row_that_does_not_fit_the_book_says_why(desk: Desk, raw: dict[str, Any], reason: str) -> None:
    loader = _loaded(desk)
    raw = {**raw, "load": _mark(desk)} if raw.get("load") == "here" else raw
    problems = loader.prepare(raw)
    assert isinstance(problems, list)
    assert [problem.reason for problem in problems] == [reason]


def test_mended_rows_take_the_place_of_those_they_were_read_from(desk: Desk) -> None:
    loader = _loaded(desk)
    raws = [
        {"source_row": 3, "load": _mark(desk), "cells": {"a": "30", "b": None}},
        {"source_row": 9, "load": _mark(desk), "cells": {"b": 90}},
    ]
    assert not any(isinstance(loader.prepare(raw), list) for raw in raws)
    loader.load_raw(raws)
    assert desk.rows() == [
        {"a": "1", "b": "2", "source_row": 2},
        {"a": "30", "source_row": 3},
        {"b": "90", "source_row": 9},
    ]
    assert loader.options_for(raws) == {}


def _loaded(desk: Desk) -> OrdersLoader:
    desk.load("a,b\n1,2\n3,4\n")
    return OrdersLoader(desk.services, AnyColumns())


def _mark(desk: Desk) -> str:
    description = desk.warehouse.table("orders").columns[-2].description
    return description.removesuffix(".").rpartition(" ")[2]
