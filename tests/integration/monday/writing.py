"""Short ways to write through the client, for tests."""

from collections.abc import Sequence

from functions.push.monday.answers import Answer, Confirmed
from functions.push.monday.boards import Board
from functions.push.monday.client import Monday
from functions.push.monday.documents import CreateItem, document
from functions.push.monday.values import Canonical, shapes
from tests.integration.monday.boards import GROUP, ITEMS


def new_item(board: Board, key: str, **values: Canonical) -> CreateItem:
    """An item with a key, and other values by title."""
    return CreateItem(ITEMS, GROUP, f"item {key}", shapes(board, {"SOURCE UUID": key, **values}), True)


def create(client: Monday, keys: Sequence[str], idempotency_key: str = "") -> list[str]:
    """Create items with these keys in one call; their ids."""
    board = client.board(ITEMS)
    body = document([new_item(board, key) for key in keys])
    return ids(client.perform(body, idempotency_key or f"create-{keys[0]}-{len(keys)}"))


def ids(answer: Answer) -> list[str]:
    """The ids of an answer that is good throughout."""
    assert all(isinstance(outcome, Confirmed) for outcome in answer.outcomes), answer.outcomes
    return [outcome.remote_id for outcome in answer.outcomes if isinstance(outcome, Confirmed)]
