"""Orders with four lines each to the boards: how fast, and how many calls that takes.

Every limit of the account stands. Where the push waits for one, the stack's clock is moved ahead, as `make run` does: the
time is the pipeline's and the stand-in's own.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from common.command_line.clock import StackClock
from common.command_line.follow import Follower
from common.command_line.output import Output
from common.command_line.progress import progress
from common.command_line.watch import Rules
from tests.bench.measure import Measure
from tests.bench.order_rows import HEADERS, SIZES, Row, order_book
from tests.bench.order_stack import OrderStack, order_stack

_ORDERS, _LINES = 1000, 4
_PER_CALL = 20  # items
_CUSTOMERS = ("NORTHWIND CLOTHIERS", "HARBOR & PINE", "ALDER (AU)")  # approved
_APPLIED = "select count(*) as count from staged_changes where run_id = %s and state = 'applied'"


def push(folder: Path) -> Iterator[Measure]:
    """1,000 new orders of 4 lines, from the POST to the end of the run."""
    with order_stack(folder / "push") as stack:
        stack.load(_orders())
        seconds, run = _followed(stack)
        calls = requests.get(f"{stack.url('monday')}/_calls", timeout=5).json()
        pushed = stack.one(_APPLIED, run).count
    if pushed != _ORDERS:
        raise RuntimeError(f"{pushed} of {_ORDERS} orders were pushed")
    yield from _measures(seconds, calls)


def _followed(stack: OrderStack) -> tuple[float, str]:
    """Seconds of a run to its end, the clock moved over each wait; and the run."""
    clock, shown = StackClock(stack.control), progress(Output())
    started = time.perf_counter()
    run = str(stack.api.run("orders")["run_id"])
    try:
        Follower(stack.api, shown, clock).follow(run, Rules(move_clock=True))
        return time.perf_counter() - started, run
    finally:
        shown.close()
        clock.close()


def _measures(seconds: float, calls: dict[str, Any]) -> Iterator[Measure]:
    items = _ORDERS * (1 + _LINES)
    how = f"{_ORDERS:,} new orders × {_LINES} lines to two boards of the stand-in, POST to the end, waits skipped, one round"
    yield Measure(name="monday push", values=(_ORDERS / seconds,), unit="orders/s", how=how)
    per_call = calls["totals"]["mutations"] / items * _PER_CALL
    yield Measure(
        name="calls that write, for 20 items", values=(per_call,), unit="calls", how=how, at_most=1.0
    )


def _orders() -> list[Row]:
    """Orders of approved customers, each with four sizes."""
    places = [HEADERS.index(size) for size in SIZES]
    customer, total = HEADERS.index("CUSTOMER NAME"), HEADERS.index("TOTAL QTY")
    rows = order_book(_ORDERS)
    for number, row in enumerate(rows):
        row[customer] = _CUSTOMERS[number % len(_CUSTOMERS)]
        for place, cell in zip(places, ("", "12", "24", "24", "6", ""), strict=True):
            row[place] = cell
        row[total] = "66"
    return rows
