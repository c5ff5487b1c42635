"""The orders flow on the whole local stack: from the POST of a run to the last staged delta, and a first load."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.change_detection import hold
from tests.bench.measure import Measure, rounds
from tests.bench.order_rows import HEADERS, ROWS, Row, later, order_book
from tests.bench.order_stack import OrderStack, order_stack

_SHARE = 0.01
_STAGED, _UNCHANGED = 7.0, 5.0  # seconds
_MOST = 256  # MiB
_HOW = (
    f"{ROWS:,} rows × {len(HEADERS)} in BigQuery's emulator, exported; every service of the stack on this machine;"
    " mode TEST"
)
_HELD = "the most that one process held"


def flow(folder: Path, *, count: int) -> Iterator[Measure]:
    """1 % changed; nothing changed; everything new; and the memory that took."""
    before = order_book(ROWS)
    after = later(before, _SHARE).rows
    with order_stack(folder / "stack") as stack:
        yield from _changed(stack, before, after, count)
        yield from _unchanged(stack, after, count)
        yield from _all_new(stack)


def _found_unchanged(stack: OrderStack, rows: Sequence[Row]) -> None:
    """The boards hold these rows, and a run has seen that: as it is from the second run after a push on."""
    stack.load(rows)
    hold(stack.services, rows)
    stack.run(0, mode="PRODUCTION")


def _changed(stack: OrderStack, before: Sequence[Row], after: Sequence[Row], count: int) -> Iterator[Measure]:
    _found_unchanged(stack, before)
    stack.load(after)
    staged = stack.run(None).staged
    with stack.memory() as most:
        seconds = rounds(count, lambda: stack.run(staged).until_staged)
    how = f"{_HOW}; 1 % differ, {staged:,} changes staged"
    yield Measure(
        name="orders, POST to the last staged delta", values=seconds, unit="s", how=how, at_most=_STAGED
    )
    yield Measure(
        name="memory of functions, 1 % changed", values=tuple(most), unit="MiB", how=_HELD, at_most=_MOST
    )


def _unchanged(stack: OrderStack, after: Sequence[Row], count: int) -> Iterator[Measure]:
    stack.forget()
    _found_unchanged(stack, after)
    seconds = rounds(count, lambda: stack.run(0).until_end)
    how = f"{_HOW}; nothing differs"
    yield Measure(
        name="orders, unchanged, POST to the end", values=seconds, unit="s", how=how, at_most=_UNCHANGED
    )


def _all_new(stack: OrderStack) -> Iterator[Measure]:
    """Once: it takes a while."""
    stack.forget()
    with stack.memory() as most:
        ran = stack.run(None)
    how = f"{_HOW}; every row new, {ran.staged:,} changes staged, one round"
    yield Measure(name="orders, all new, POST to the end", values=(ran.until_end,), unit="s", how=how)
    yield Measure(name="memory of functions, all new", values=tuple(most), unit="MiB", how=_HELD)
