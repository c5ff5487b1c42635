"""The order desk's way: three order books, what stands on the boards, an approval, an order book of one's own, a killed worker."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import pytest

from infra.local.samples.make_orders import FOREIGN, FOREIGN_MAPPING, books, expected
from infra.local.samples.order_book import CUSTOMERS, SIZES
from infra.local.samples.order_changes import Counts
from infra.local.samples.order_rows import Row
from tests.support.inside import Inside
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

APPROVED = [customer for customer in CUSTOMERS if customer.name not in ("SEVEN OAKS", "MERIDIAN SUPPLY")]
HELD = "TRAIL CO"
"""Whose orders the guard holds in the third load."""
BOARDS = ("2001001", "2001002")

Shown = tuple[str, ...]
"""An order as a person recognises it: name, purchase order, way, pieces, and each size with its pieces."""


def test_make_run_runs_after_each_of_three_loads_and_a_second_one_pushes_nothing(
    first_report: dict[str, Any], second_report: dict[str, Any]
) -> None:
    orders = first_report["flows"]["orders"]
    assert orders["adds_up"]
    assert len(orders["runs"]) == 3
    assert orders["pushed"]["monday"] == orders["done"] > 2300
    assert (orders["in_progress"], orders["failed"], orders["rejected"]) == (0, 0, 3 * 6)
    assert orders["detail"]["mass_change"] == {HELD: "held"}
    second = second_report["flows"]["orders"]
    assert second["pushed"] == {"monday": 0}
    assert second["fetched"] == second["skipped"] + second["rejected"] + second["waiting"]
    assert second["seconds"] < orders["seconds"] / 3


def test_each_run_finds_what_its_load_has_changed(first_report: dict[str, Any], within: Inside) -> None:
    compared = "select scope, new, changed, deleted, reappeared from order_scopes where run_id = %s"
    for load, run in enumerate(first_report["flows"]["orders"]["runs"][1:], start=2):
        found = {scope: Counts(*counts) for scope, *counts in within.sql(compared, run)}
        for customer in APPROVED:
            assert found[customer.name] == expected(load).get(customer.name, Counts()), (load, customer.name)


@pytest.mark.usefixtures("second_report")
def test_the_boards_hold_each_order_and_each_line_once_as_the_last_load_has_them(
    stack: Stack, within: Inside
) -> None:
    _, second, third = books()
    held = [row for row in second if _is_of(row, HELD)]
    others = [row for row in third if _is_approved(row) and not _is_of(row, HELD)]
    assert on_the_boards(stack) == as_ordered(chain(held, others))
    assert repeated_keys(stack) == {}
    known = "select monday_item_id from orders where deleted_at is null"
    assert {item["id"] for item in items(stack)} == {identity for (identity,) in within.sql(known)}


def test_an_approval_lets_the_held_orders_go_on(
    stack: Stack, within: Inside, second_report: dict[str, Any]
) -> None:
    """They wait in the newest run that has found them."""
    (run,) = second_report["flows"]["orders"]["runs"]
    waiting = stack.json("changes", "--run", run, "--state", "pending")["changes"]
    assert len(waiting) == 31
    stack.json("approve", "--run", run)
    finish(within, run, lambda: not within.sql(_OPEN, run))
    assert on_the_boards(stack) == as_ordered(row for row in books()[2] if _is_approved(row))
    assert repeated_keys(stack) == {}


_OPEN = "select 1 from staged_changes where run_id = %s and state in ('pending', 'approved') limit 1"
_WRITTEN = "select 1 from effects where run_id = %s and state = 'confirmed' limit 1"


@pytest.mark.usefixtures("first_report")
def test_ones_own_order_book_is_pushed_once_though_a_worker_is_killed_in_the_middle(
    stack: Stack, within: Inside
) -> None:
    before = on_the_boards(stack)
    loaded = stack.json("load", "orders", str(FOREIGN), "--mapping", str(FOREIGN_MAPPING))
    assert (loaded["loaded"], loaded["rejected"]) == (200, 0)
    assert any("lacks columns" in notice for notice in loaded["notices"])
    words = ("--customer", "HARBOR & PINE", "--set", "lease_seconds=5", "--no-wait")
    run = stack.json("run", "orders", *words)["run_id"]
    finish(within, run, lambda: within.sql(_WRITTEN, run))
    stack.kill_a_worker()
    within.finish(run)
    shown = stack.json("status", run)
    assert shown["adds_up"]
    assert shown["pushed"]["monday"] == shown["figures"]["done"] == 199
    assert shown["figures"]["rejected"] == 1
    assert sum((on_the_boards(stack) - before).values()) == 199
    assert repeated_keys(stack) == {}


@pytest.mark.usefixtures("first_report")
def test_the_orders_that_an_order_book_no_longer_has_are_held_by_the_guard(stack: Stack) -> None:
    """The book of the test before has one customer of seven; what the boards hold of the others stays."""
    before = on_the_boards(stack)
    run = stack.json("run", "orders")
    assert run["adds_up"]
    assert run["pushed"] == {"monday": 0}
    assert set(run["detail"]["mass_change"].values()) == {"held"}
    assert run["figures"]["waiting"] == run["detail"]["compared"]["deleted"] > 2000
    assert on_the_boards(stack) == before
    stack.json("reject", "--run", run["id"])


def finish(within: Inside, run: str, is_so: Callable[[], Any]) -> None:
    """Wait until something is so; the clock goes on where a run only waits for a minute to pass."""
    assert any(is_so() for _ in within.beats(run))


def items(stack: Stack) -> Iterator[dict[str, Any]]:
    """The active items of all boards."""
    for board in BOARDS:
        for item in stack.get("monday", f"/_boards/{board}")["items"]:
            if item["state"] == "active":
                yield item


def on_the_boards(stack: Stack) -> Counter[Shown]:
    """Every order that stands on a board, and how often."""
    return Counter(map(_shown, items(stack)))


def repeated_keys(stack: Stack) -> dict[str, Any]:
    """Keys of items or of lines that stand on a board more than once, by column."""
    boards = stack.get("monday", "/_boards")["boards"]
    return {title: keys for board in boards for title, keys in board["repeated_keys"].items() if keys}


def as_ordered(rows: Iterable[Row]) -> Counter[Shown]:
    """The orders of an order book; rows that say the same twice are one."""
    return Counter(dict.fromkeys(map(_wanted, rows), 1))


def _shown(item: dict[str, Any]) -> Shown:
    values = item["values"]
    lines = [line["values"] for line in item["subitems"] if line["state"] == "active"]
    return (
        item["name"],
        values["PO NUMBER"],
        values["PLANNED DELIVERY METHOD"],
        values["TOTAL QTY"],
        *sorted(f"{line['SIZE']} {line['ORDER QTY']}" for line in lines),
    )


def _wanted(row: Row) -> Shown:
    name = row["CUSTOMER STYLE"] + row["CUSTOMER COLOUR DESCRIPTION"] + row["AAG ORDER NUMBER"]
    pieces = {size: _number(row[size]) for size in SIZES if _number(row[size])}
    return (
        unicodedata.normalize("NFC", name),
        row["PO NUMBER"],
        row["PLANNED DELIVERY METHOD"],
        str(sum(pieces.values())),
        *sorted(f"{size} {count}" for size, count in pieces.items()),
    )


def _number(text: str) -> int:
    return int(float(text.replace(",", "") or 0))


def _is_of(row: Row, name: str) -> bool:
    (customer,) = (each for each in CUSTOMERS if each.name == name)
    return row["CUSTOMER NAME"] in customer.spellings


def _is_approved(row: Row) -> bool:
    return any(row["CUSTOMER NAME"] in customer.spellings for customer in APPROVED)
