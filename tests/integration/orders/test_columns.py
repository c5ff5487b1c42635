"""What makes an order another: never how it is written, and never a column that nobody has decided on."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from common.errors import Usage
from tests.support.orders import HEADERS, OrdersPipeline, Row, order

WITHOUT_NOTES = [name for name in HEADERS if name != "NOTES"]
WITHOUT_DATE = [name for name in HEADERS if name != "EX FACTORY DATE"]
ORIGINS = "select origin from hash_columns order by version"
COLUMNS = "select columns from hash_columns where version = 1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"TOTAL QTY": "42"}, {"TOTAL QTY": "42.0"}),
        ({"S": "12"}, {"S": " 12.00 "}),
        ({"XL": ""}, {"XL": "0"}),
        ({"CUSTOMER PRICE": "$14.50"}, {"CUSTOMER PRICE": "14.5"}),
        ({"EX FACTORY DATE": "2026-03-01"}, {"EX FACTORY DATE": "3/1/2026"}),
        ({"NOTES": "café"}, {"NOTES": unicodedata.normalize("NFD", " café ")}),
        ({"NOTES": ""}, {"NOTES": "NULL"}),
        ({"PO NUMBER": "81 48"}, {"PO NUMBER": " 81 48 "}),
    ],
)
def test_another_spelling_of_the_same_is_unchanged(
    orders: OrdersPipeline, before: dict[str, str], after: dict[str, str]
) -> None:
    orders.source(order("JOO-1", **before))
    orders.run()
    orders.source(order("JOO-1", **after))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    assert orders.scope(run)["unchanged"] == 1
    assert orders.ends(run) == {}


def test_another_order_of_the_columns_changes_nothing(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    orders.run()
    behind = HEADERS.index("TOTAL QTY") + 1
    orders.source(order("JOO-1"), columns=[*reversed(HEADERS[behind:]), *HEADERS[:behind]])
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}


def test_a_column_that_the_source_gains_changes_nothing(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    orders.run()
    orders.source(order("JOO-1", FABRIC="linen"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    orders.source(order("JOO-1", FABRIC="wool"))
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}


def test_a_column_that_the_source_has_lost_refuses_the_run_by_its_name(orders: OrdersPipeline) -> None:
    orders.foreign_source(order("JOO-1"), order("JOO-2"))
    orders.run()
    orders.foreign_source(without_date(order("JOO-1")), columns=WITHOUT_DATE)
    run = orders.run()
    assert orders.state(run) == "failed"
    assert orders.error(run)["code"] == "source_column_missing"
    assert "EX FACTORY DATE" in orders.error(run)["message"]
    assert orders.figures(run) == {}
    assert len(orders.monday.items()) == 2


def test_an_order_book_that_lacks_columns_is_compared_without_them(orders: OrdersPipeline) -> None:
    """That a person has put it into the place of another says that its columns are meant."""
    orders.source(order("JOO-1", NOTES="old"), order("JOO-2", NOTES="old"))
    orders.run()
    rows = [without_notes(order("JOO-1")), without_notes(order("JOO-2", **{"CUSTOMER PRICE": "$15"}))]
    orders.source(*rows, columns=WITHOUT_NOTES)
    newest, origin, by = orders.sql("select columns, origin, created_by from hash_columns where version = 2")[
        0
    ]
    assert set(orders.sql(COLUMNS)[0][0]) - set(newest) == {"NOTES"}
    assert (origin, by) == ("file", "load of orders.csv")
    run = orders.run()
    assert orders.operations(run) == {"JOO-2": "changed"}
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    orders.source(*rows, columns=WITHOUT_NOTES)
    assert orders.figures(orders.run()) == {"fetched": 2, "skipped": 2}
    assert orders.one("select max(version) from hash_columns") == 2


def test_what_a_source_says_nothing_of_any_more_is_not_cleared_on_the_board(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", NOTES="old"))
    orders.run()
    orders.source(without_notes(order("JOO-1", **{"CUSTOMER PRICE": "$15"})), columns=WITHOUT_NOTES)
    orders.run()
    (item,) = orders.monday.items().values()
    assert (item["values"]["NOTES"], item["values"]["CUSTOMER PRICE"]) == ("old", "15")


def test_a_column_that_an_order_book_lacked_counts_again_when_it_is_back(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", NOTES="old"), order("JOO-2"))
    orders.run()
    orders.source(without_notes(order("JOO-1")), without_notes(order("JOO-2")), columns=WITHOUT_NOTES)
    orders.run()
    orders.source(order("JOO-1", NOTES="new"), order("JOO-2"))
    assert orders.sql(COLUMNS)[0] == orders.sql(COLUMNS.replace("1", "3"))[0]
    assert orders.operations(orders.run()) == {"JOO-1": "changed"}
    (first, _) = orders.monday.items().values()
    assert first["values"]["NOTES"] == "new"


def test_a_wrong_book_that_was_never_run_changes_nothing(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", NOTES="old"), order("JOO-2"))
    orders.run()
    orders.source(without_notes(order("JOO-9")), columns=WITHOUT_NOTES)
    orders.source(order("JOO-1", NOTES="new"), order("JOO-2"))
    assert orders.operations(orders.run()) == {"JOO-1": "changed"}


def test_what_an_added_column_says_is_compared_with_the_board(orders: OrdersPipeline) -> None:
    orders.source(without_notes(order("JOO-1")), without_notes(order("JOO-2")), columns=WITHOUT_NOTES)
    orders.run()
    orders.source(order("JOO-1", NOTES="new"), order("JOO-2"))
    orders.run()
    (columns,) = orders.sql(COLUMNS)[0]
    orders.adopt_columns(2, [*columns, "NOTES"])
    run = orders.run()
    assert orders.operations(run) == {"JOO-1": "changed"}
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}


@pytest.mark.parametrize(("column", "looks"), [("FABRIC", 0), ("NOTES", 1)])
def test_what_the_boards_hold_is_looked_up_only_for_a_column_that_they_show(
    orders: OrdersPipeline, column: str, looks: int
) -> None:
    without = [name for name in HEADERS if name != column]
    plain = {name: text for name, text in order("JOO-1").items() if name != column}
    orders.source(plain, columns=without)
    orders.run()
    orders.source({**plain, column: ""}, columns=[*without, column])
    (columns,) = orders.sql(COLUMNS)[0]
    orders.adopt_columns(2, [*columns, column])
    with told(orders) as statements:
        assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}
    assert len([each for each in statements if "select key, target_doc from snapshots" in each]) == looks


@contextmanager
def told(orders: OrdersPipeline) -> Iterator[list[str]]:
    """The statements that Postgres is told meanwhile."""
    statements: list[str] = []

    def keep(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    engine = orders.services.database.engine
    event.listen(engine, "before_cursor_execute", keep)
    yield statements
    event.remove(engine, "before_cursor_execute", keep)


def test_a_trial_fixes_no_list_of_columns(orders: OrdersPipeline) -> None:
    orders.source(without_notes(order("JOO-1")), columns=WITHOUT_NOTES)
    orders.run({"mode": "TEST"})
    assert orders.sql(ORIGINS) == [("trial",)]
    orders.source(order("JOO-1", NOTES="old"))
    orders.run()
    assert orders.sql(ORIGINS) == [("source",)]
    assert "NOTES" in orders.sql(COLUMNS)[0][0]
    orders.source(order("JOO-1", NOTES="new"))
    assert orders.operations(orders.run()) == {"JOO-1": "changed"}


def test_a_book_of_which_no_row_could_be_told_is_refused_and_the_other_one_stays(
    orders: OrdersPipeline,
) -> None:
    orders.source(order("JOO-1"))
    orders.run()
    with pytest.raises(Usage, match="AAG ORDER NUMBER, CUSTOMER NAME, CUSTOMER STYLE"):
        orders.source_file("Auftrag,Kunde\n1,NORTHWIND\n")
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}


def test_a_new_version_of_the_columns_stamps_anew_and_pushes_nothing(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", FABRIC="linen"), order("JOO-2", FABRIC="linen"))
    orders.run()
    (columns,) = orders.sql(COLUMNS)[0]
    assert "FABRIC" in columns
    orders.adopt_columns(2, [name for name in columns if name != "FABRIC"])
    before = orders.snapshots()
    mutations = orders.monday.calls()["mutations"]
    orders.source(order("JOO-1", FABRIC="linen"), order("JOO-2", FABRIC="linen"), order("JOO-3"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 3, "done": 1, "skipped": 2}
    assert orders.operations(run) == {"JOO-3": "new"}
    after = orders.snapshots()
    assert all(after[key] != before[key] for key in before)
    assert orders.sql("select distinct hash_version from snapshots") == [(2,)]
    assert orders.monday.calls()["create_item"] == 3
    assert orders.monday.calls()["mutations"] == mutations + 2
    orders.source(order("JOO-1", FABRIC="wool"), order("JOO-2", FABRIC="silk"), order("JOO-3"))
    assert orders.figures(orders.run()) == {"fetched": 3, "skipped": 3}


def test_an_order_that_changes_with_the_version_is_found_by_the_old_one(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    orders.run()
    (columns,) = orders.sql(COLUMNS)[0]
    orders.adopt_columns(2, [*columns, "FABRIC"])
    orders.source(order("JOO-1", FABRIC="linen"), order("JOO-2", NOTES="new", FABRIC="linen"))
    run = orders.run()
    assert orders.operations(run) == {"JOO-2": "changed"}
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    orders.source(order("JOO-1", FABRIC="wool"), order("JOO-2", NOTES="new", FABRIC="linen"))
    assert orders.operations(orders.run()) == {"JOO-1": "changed"}


def test_a_change_that_the_board_does_not_show_is_looked_at_once(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", FABRIC="linen"))
    orders.run()
    orders.source(order("JOO-1", FABRIC="wool"))
    run = orders.run()
    assert orders.ends(run) == {"JOO-1": ("skipped", "unchanged_on_board")}
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    again = orders.run()
    assert orders.ends(again) == {}
    assert orders.figures(again) == {"fetched": 1, "skipped": 1}


def without_date(row: Row) -> Row:
    """A row of a source that has no EX FACTORY DATE."""
    return {name: text for name, text in row.items() if name in WITHOUT_DATE}


def without_notes(row: Row) -> Row:
    """A row of a source that has no NOTES."""
    return {name: text for name, text in row.items() if name in WITHOUT_NOTES}
