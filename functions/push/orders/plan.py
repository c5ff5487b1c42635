"""What a push would take of an account at monday.com, reckoned before anything is sent. Pure.

It follows the way the push goes: orders of one board in chunks, a hundred at a time asked for, twenty at a time written,
their lines after them. Where the order in which they come decides, the dearer case counts: the push takes
as many calls as reckoned or fewer, as long as nothing has to be repeated.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from functions.push.monday import costs
from functions.push.monday.crossover import MOST_AN_HOUR, MOST_ROWS, route
from functions.push.monday.limits import Plan
from functions.push.monday.lookup import ITEMS_A_CALL
from functions.push.orders.columns import ITEM_COLUMNS, LINE_COLUMNS

BOARD_READ = 2
"""Calls that say how a board is set up: its own, and its subitems'."""
Verdict = Literal["fits", "stretched", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done in one group of a board. Numbers of orders, but for lines."""

    board: str
    group: str
    creates: int = 0
    updates: int = 0
    changes: int = 0
    """Of the updates: those that write to the item itself, not to its lines alone."""
    moves: int = 0
    """Of the updates: those into another group."""
    archives: int = 0
    lines: int = 0
    """Lines made, changed or archived."""
    is_new_group: bool = False

    @property
    def orders(self) -> int:
        """All of them."""
        return self.creates + self.updates + self.archives


@dataclass(frozen=True, slots=True)
class Pace:
    """How the push is set: orders of a chunk, and mutations of a call."""

    chunk: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls, and the complexity points that they cost."""

    calls: int = 0
    read_points: int = 0
    write_points: int = 0
    imported: int = 0
    """Orders that are made by an import."""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.calls + other.calls,
            self.read_points + other.read_points,
            self.write_points + other.write_points,
            self.imported + other.imported,
        )


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """One board. room: items that fit before the push, as far as we know the board; refused: new ones that do not fit."""

    board: str
    work: tuple[Work, ...]
    cost: Cost
    room: int
    refused: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How the push fits into one plan's limits.

    days: UTC days until the last call, today counted; 0 for nothing to do. minutes: the least that the limits by the minute and
    the hour allow, waits for the next day not counted.
    """

    plan: Plan
    left_today: int
    days: int
    minutes: int
    verdict: Verdict


def boards_of(work: Iterable[Work], held: Mapping[str, int], pace: Pace) -> list[BoardPlan]:
    """What is to be done on each board, and what it costs. held: active items of ours on a board."""
    by_board: dict[str, list[Work]] = {}
    for each in work:
        by_board.setdefault(each.board, []).append(each)
    return [_board(board, some, held.get(board, 0), pace) for board, some in sorted(by_board.items())]


def total(boards: Iterable[BoardPlan]) -> Cost:
    """Of all boards together: they share one account."""
    return sum((board.cost for board in boards), Cost())


def fit(cost: Cost, plan: Plan, *, used_today: float, most_days: int) -> Fit:
    """How a push fits into a plan of which so many calls are used today."""
    left = max(0, plan.calls_a_day - math.ceil(used_today))
    days = days_needed(cost.calls, plan.calls_a_day, left)
    verdict: Verdict = "fits" if days <= 1 else "stretched"
    return Fit(plan, left, days, _minutes(cost, plan), verdict if days <= most_days else "refused")


def days_needed(calls: int, calls_a_day: int, left_today: int) -> int:
    """UTC days until the last call, today counted."""
    if calls <= 0:
        return 0
    return 1 + _ceiling(max(0, calls - left_today), calls_a_day)


def _minutes(cost: Cost, plan: Plan) -> int:
    by_calls = cost.calls / plan.calls_a_minute
    by_points = max(cost.write_points / plan.writes, cost.read_points / plan.reads)
    by_import = 60 * (_ceiling(cost.imported, MOST_AN_HOUR) - 1) if cost.imported else 0
    return math.ceil(max(by_calls, by_points, by_import))


def _board(board: str, work: Sequence[Work], held: int, pace: Pace) -> BoardPlan:
    orders = sum(each.orders for each in work)
    cost = _asked(work, orders, pace) + _written(work, orders, pace) if orders else Cost()
    room = max(0, MOST_ROWS - held)
    creates = sum(each.creates for each in work)
    return BoardPlan(board, tuple(work), cost, room, max(0, creates - room))


def _asked(work: Sequence[Work], orders: int, pace: Pace) -> Cost:
    """Boards read, keys looked for, items read."""
    blocks = _pieces(orders, pace.chunk, ITEMS_A_CALL)
    groups = sum(each.is_new_group for each in work)
    creates = sum(each.creates for each in work)
    boards = _pieces(orders, pace.chunk) + min(groups, blocks)
    finds, reads = min(blocks, creates), min(blocks, orders - creates)
    read = costs.of_items(ITEMS_A_CALL, len(ITEM_COLUMNS), len(LINE_COLUMNS))
    points = BOARD_READ * boards * costs.BOARD + finds * costs.LOOK_UP + reads * read
    return Cost(BOARD_READ * boards + finds + reads, points)


def _written(work: Sequence[Work], orders: int, pace: Pace) -> Cost:
    """Groups, then waves of items with their lines; what is cheaper imported goes by import."""
    blocks = _pieces(orders, pace.chunk, ITEMS_A_CALL)
    waves = _pieces(orders, pace.chunk, ITEMS_A_CALL, pace.at_once)
    groups = sum(each.is_new_group for each in work)
    parts = [some for each in work for some in _parts(each.creates, pace.chunk)]
    routes = [(some, route(some, a_call=pace.at_once)) for some in parts]
    imports = [(some, way.calls) for some, way in routes if way.way == "import"]
    imported = sum(creates for creates, _ in imports)
    moves, lines = sum(each.moves for each in work), sum(each.lines for each in work)
    items = orders - imported - sum(each.updates - each.changes for each in work)
    calls = min(groups, blocks) + groups // pace.at_once + sum(calls for _, calls in imports)
    calls += min(waves, items) + min(waves, moves)
    calls += _ceiling(lines, pace.at_once) + max(0, min(waves, lines) - 1)
    return Cost(calls, 0, (groups + items + moves + lines) * costs.MUTATION, imported)


def _parts(number: int, size: int) -> list[int]:
    """A number as so many whole parts of a size, and the rest: an import is made of what one chunk holds of a group."""
    whole, rest = divmod(number, size)
    return [size] * whole + ([rest] if rest else [])


def _pieces(number: int, size: int, *smaller: int) -> int:
    """Into how many pieces a number is cut: by a size, each piece of it by the next smaller one, and so on."""
    whole, rest = divmod(number, size)
    if not smaller:
        return whole + (rest > 0)
    return whole * _pieces(size, *smaller) + _pieces(rest, *smaller)


def _ceiling(number: int, size: int) -> int:
    return -(-number // size)
