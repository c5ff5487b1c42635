"""A run in mode TEST says what it would do, and does nothing."""

from typing import Any

from common.interface.runs import Runs
from tests.integration.orders_commands.conftest import ADA, LATER, Orders, name, order


def would_do(orders: Orders, run: str) -> dict[str, Any]:
    found: dict[str, Any] = Runs(orders.services, ADA).get(run).detail["would_do"]
    return found


def test_it_names_board_group_item_and_what_differs(orders: Orders) -> None:
    orders.source(order(0), order(1), order(2))
    orders.run()
    orders.source(order(0), order(1, {"S": 12, "M": 31}, NOTES="soon"), order(3, **LATER))
    before = orders.writes()
    run = orders.run({"mode": "TEST"}, override_guard=True)
    found = would_do(orders, run)
    assert (found["total"], orders.writes()) == (3, before)
    gone, changed, new = found["first"]
    assert (gone["operation"], gone["name"]) == ("delete", name(2))
    assert gone["differences"] == {
        "lines": {"old": 2, "new": None},
        "pieces": {"old": 42, "new": None},
    }
    assert (changed["operation"], changed["board"], changed["name"]) == ("update", "2001001", name(1))
    assert changed["differences"] == {
        "NOTES": {"old": None, "new": "soon"},
        "Size M": {"old": 30, "new": 31},
        "TOTAL QTY": {"old": 42, "new": 43},
    }
    assert (new["operation"], new["board"], new["group"]) == (
        "create",
        "2001002",
        "NORTHWIND AUTUMN WINTER 2026",
    )


def test_the_list_is_short_and_says_how_many_there_are(orders: Orders) -> None:
    orders.source(*(order(number) for number in range(25)))
    found = would_do(orders, orders.run({"mode": "TEST"}))
    assert (found["total"], len(found["first"])) == (25, 20)


def test_a_run_that_writes_has_no_such_list(orders: Orders) -> None:
    orders.source(order(0))
    assert "would_do" not in Runs(orders.services, ADA).get(orders.run()).detail
