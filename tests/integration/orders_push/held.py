"""What a board has to hold: each order once, each of its lines once, and nothing else."""

from collections.abc import Sequence

from tests.support.monday_account import SPRING
from tests.support.orders import SIZES, OrdersPipeline, Row, item_name

LINES_OF = {"2001001": "2001011", "2001002": "2001012"}
"""The board of the subitems, by board."""


def holds_exactly(orders: OrdersPipeline, rows: Sequence[Row], board: str = SPRING) -> bool:
    """Whether the board holds each of these orders once with each of its lines once. Raises AssertionError, saying what not."""
    wanted = {item_name(row): {size: row[size] for size in SIZES if row.get(size)} for row in rows}
    shown = orders.monday.items(board)
    assert {name: item["lines"] for name, item in shown.items()} == wanted
    assert sorted(orders.monday.keys(board).values()) == [1] * len(rows)
    lines = orders.monday.board(LINES_OF[board])["keys"]["SOURCE LINE"]
    assert sorted(lines.values()) == [1] * sum(map(len, wanted.values()))
    return True


def all_pushed(orders: OrdersPipeline, run: str) -> bool:
    """Whether a run has ended with everything done, known of and nothing left under way."""
    assert orders.state(run) == "completed", (orders.state(run), orders.ends(run))
    figures = orders.figures(run)
    assert figures == {"fetched": figures["fetched"], "done": figures["fetched"]}
    # Dropped is what was never sent: a group that another order has made meanwhile.
    left = "select state, count(*) from effects where state not in ('confirmed', 'dropped') group by 1"
    assert orders.sql(left) == []
    assert {change["state"] for change in orders.changes(run)} == {"applied"}
    assert orders.one("select count(*) from snapshots where deleted_at is null") == figures["fetched"]
    return True
