"""What the boards hold already is taken over by its key column: the end of a baseline. Nothing is written at a board.

Every board of the customer book is read from its first item to its last, one page a record. An item whose key the source
has is known from then on, with its lines; one that the source lacks is told and left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from common.customers.store import current
from common.effects.remote_objects import adopt
from common.errors import Retry
from common.pipeline.flow import Page
from common.pipeline.item import Claim
from functions.push.monday.board_items import BoardPage, KeyedItem
from functions.push.monday.client import Monday
from functions.push.monday.failures import CursorExpired
from functions.push.orders.account import monday_of
from functions.push.orders.adopted import Taken, known_keys, remember, tell_board, tell_end
from functions.push.orders.board import OrderBoard
from functions.push.orders.work import TARGET

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_MOST_RESTARTS = 3
_CURSOR = "select cursor from chunks where id = %s"


@dataclass(frozen=True)
class Read:
    """A page of a board, and whether it is the first one. page: None when there is no board to read."""

    board: str
    page: BoardPage | None
    is_first: bool


class AdoptBoards:
    """A source without children: its pages are what the boards hold."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> list[str]:
        """The boards that orders go to, each once, in the order of the customer book."""
        book = current(connection, claim.run.tenant, claim.run.frozen_at).book
        return list(dict.fromkeys(rule.board for rule in book.boards))

    def read(self, claim: Claim, boards: Sequence[str]) -> Iterator[Page]:
        """One page of a board at a time, from where the cursor stands.

        Raises Misconfigured for a board without our columns, WaitUntil when the account's budget is used up.
        """
        monday = monday_of(self._services, claim.run)
        place, page_cursor = int(claim.cursor.get("board", 0)), claim.cursor.get("page")
        if not boards:
            yield Page(cursor={"board": 0, "page": None}, content=Read("", None, True), last=True)
        for number, board_id in list(enumerate(boards))[place:]:
            board = OrderBoard.read(monday, board_id)
            for read in _pages(monday, board, page_cursor, claim.run.settings.monday_items_per_page):
                assert read.page is not None
                following = read.page.cursor
                at = {"board": number if following else number + 1, "page": following}
                yield Page(cursor=at, content=read, last=at["board"] == len(boards))
            page_cursor = None

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Take over what the page holds, in the transaction that records it."""
        read: Read = page.content
        before: Mapping[str, Any] = connection.exec_driver_sql(_CURSOR, (claim.chunk_id,)).scalar_one()
        totals, here = Taken.of(before.get("totals")), Taken.of(before.get("here"))
        if read.is_first:
            here = Taken()
        if read.page is not None:
            here += _take(connection, claim, read.board, read.page.items)
            if read.page.cursor is None:
                tell_board(connection, claim.run, read.board, here)
                totals, here = totals + here, Taken()
        if page.last:
            tell_end(connection, claim.run, totals)
        return replace(page, cursor={**page.cursor, "totals": totals.as_json(), "here": here.as_json()})


def _pages(monday: Monday, board: OrderBoard, cursor: str | None, limit: int) -> Iterator[Read]:
    """The pages of a board; from its first again when the cursor has expired."""
    columns = board.items.id, board.key_column.id, board.line_key_column.id
    for _ in range(_MOST_RESTARTS + 1):
        try:
            while True:
                page = monday.board_page(*columns, cursor, limit=limit)
                yield Read(board.items.id, page, cursor is None)
                if page.cursor is None:
                    return
                cursor = page.cursor
        except CursorExpired:
            cursor = None
    raise Retry(
        f"The cursor over board {board.items.id} expired {_MOST_RESTARTS + 1} times; monday.com answers too slowly.",
        reason="monday_cursor",
    )


def _take(connection: "Connection", claim: Claim, board: str, items: Sequence[KeyedItem]) -> Taken:
    run = claim.run
    keyed = [item for item in items if item.key]
    known = known_keys(connection, run, [item.key for item in keyed])
    first = {item.key: item for item in reversed(keyed) if item.key in known}
    objects = {key: item.id for key, item in first.items()}
    others = adopt(connection, run.tenant, TARGET, objects)
    taken = {key: item for key, item in first.items() if key not in others}
    owners = {line: key for key, item in taken.items() for line in item.lines if line.startswith(f"{key}/")}
    lines = {line: taken[key].lines[line] for line, key in owners.items()}
    adopt(connection, run.tenant, TARGET, lines, parents=owners)
    remember(connection, run, board, list(taken.values()))
    return Taken.counted(
        items=len(items),
        adopted=len(taken),
        without_key=len(items) - len(keyed),
        not_in_source=[item for item in keyed if item.key not in known],
        doubled=[item for item in keyed if item.key in known and taken.get(item.key) is not item],
    )
