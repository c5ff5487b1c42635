"""Order books that change at random: what a run takes for changed, applied to what it held before, is the source.

Rows that count as one by their key, and both ways of comparing, are checked on the way.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.postgres import Postgres
from tests.support.monday_account import MondayAccount, MondayServer, fresh_account
from tests.support.orders import OrdersPipeline, Row, item_name, order
from tests.support.postgres import fresh_database

CUSTOMERS = ("NORTHWIND", "HARBOR & PINE")
ORDERS = st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 4))
CONTENT = st.tuples(st.sampled_from(("", "one", "two")), st.integers(0, 3))
BOOKS = st.dictionaries(ORDERS, CONTENT, min_size=1, max_size=8)
OPEN = {"mass_change_rows": 1000}
LESS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

Book = Mapping[tuple[str, int], tuple[str, int]]


def _row(key: tuple[str, int], content: tuple[str, int]) -> Row:
    (customer, number), (notes, pieces) = key, content
    return order(f"{customer[0]}-{number}", customer, {"M": pieces} if pieces else {}, NOTES=notes)


def _rows(book: Book) -> list[Row]:
    return [_row(key, content) for key, content in book.items()]


def _on_the_board(monday: MondayAccount) -> dict[str, tuple[str, dict[str, str]]]:
    return {name: (item["values"].get("NOTES", ""), item["lines"]) for name, item in monday.items().items()}


def _expected(book: Book) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        item_name(_row(key, (notes, pieces))): (notes, {"M": str(pieces)} if pieces else {})
        for key, (notes, pieces) in book.items()
    }


def _operations(before: Book, now: Book, gone: set[tuple[str, int]]) -> dict[str, str]:
    """By hand: what differs between two books."""
    found = {
        key: "changed" if key in before else ("reappeared" if key in gone else "new")
        for key in now
        if now[key] != before.get(key)
    }
    found |= {key: "deleted" for key in before if key not in now}
    return {f"{customer[0]}-{number}": word for (customer, number), word in found.items()}


def _check_scopes(orders: OrdersPipeline, run: str, before: Book, now: Book) -> None:
    """The set as a whole says the same as its rows: it is the same exactly when nothing differs."""
    for (document,) in orders.sql("select to_jsonb(s) from order_scopes s where run_id = %s", run):
        differ = sum(document[name] for name in ("new", "changed", "deleted", "reappeared"))
        assert document["same_set"] is (differ == 0), document
        assert document["unchanged"] + document["new"] + document["changed"] + document["reappeared"] == len(
            [key for key in now if key[0] == document["scope"]]
        )
        assert document["held"] == len([key for key in before if key[0] == document["scope"]])


@settings(max_examples=4, deadline=None, suppress_health_check=LESS)
@given(books=st.lists(BOOKS, min_size=2, max_size=3), segment=st.sampled_from((1, 3, 1000)), data=st.data())
def test_what_a_run_finds_and_pushes_makes_the_boards_what_the_source_is(
    server: Postgres,
    migrated: str,
    monday_server: tuple[MondayServer, str],
    books: list[Book],
    segment: int,
    data: Any,
) -> None:
    with fresh_database(server, migrated) as url, fresh_account(monday_server) as monday:
        orders = OrdersPipeline(url, monday)
        before: Book = {}
        gone: set[tuple[str, int]] = set()
        for book in books:
            rows = data.draw(st.permutations(_rows(book)))
            orders.source(*rows)
            exported = data.draw(st.booleans())
            run = orders.run({**OPEN, "segment_rows": segment, "export_from_rows": 0 if exported else 1000})
            assert orders.operations(run) == _operations(before, book, gone)
            assert _on_the_board(monday) == _expected(book)
            _check_scopes(orders, run, before, book)
            gone = (gone | before.keys()) - book.keys()
            before = book
        orders.close()
