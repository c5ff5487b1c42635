"""A board of orders and its board of subitems, as monday.com answers for them."""

import json
from typing import Any

from functions.push.monday.boards import Board, board_in


def column(identity: str, title: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "title": title, "type": kind, "archived": False, "settings_str": "{}", **more}


def labelled(identity: str, title: str, kind: str, *labels: str) -> dict[str, Any]:
    settings = {"labels": [{"id": number, "label": label} for number, label in enumerate(labels)]}
    return column(identity, title, kind, settings=settings)


ITEMS: dict[str, Any] = {
    "id": "2001001",
    "name": "Orders",
    "items_count": 9_990,
    "items_limit": 10_000,
    "groups": [
        {"id": "g_old", "title": "NORTHWIND SPRING SUMMER 2026", "archived": True, "deleted": False},
        {"id": "g_gone", "title": "NORTHWIND SPRING SUMMER 2026", "archived": False, "deleted": True},
        {"id": "g_now", "title": "NORTHWIND SPRING SUMMER 2026", "archived": False, "deleted": False},
        {"id": "g_twin", "title": "NORTHWIND SPRING SUMMER 2026", "archived": False, "deleted": False},
    ],
    "columns": [
        column("name", "Name", "name"),
        column("text_key", "SOURCE UUID", "text"),
        column("text_style", "STYLE", "text"),
        column("numbers_qty", "TOTAL QTY", "numbers"),
        column("date_dc", "CUSTOMER REQ IN DC DATE", "date"),
        column("long_notes", "NOTES", "long_text"),
        labelled("drop_customer", "CUSTOMER", "dropdown", "NORTHWIND", "CONTOSO"),
        labelled("drop_season", "CUSTOMER SEASON", "dropdown", "SPRING SUMMER 2026"),
        labelled("status_type", "ORDER TYPE", "status", "RECEIVED", "CANCELLED"),
        column("subitems", "Subitems", "subtasks", settings_str='{"boardIds":[3001001]}'),
    ],
}
LINES: dict[str, Any] = {
    "id": "3001001",
    "name": "Subitems of Orders",
    "items_count": 0,
    "groups": [],
    "columns": [
        column("text_line", "SOURCE LINE", "text"),
        labelled("drop_size", "SIZE", "dropdown", "S", "M"),
        column("numbers_ordered", "ORDER QTY", "numbers"),
    ],
}


def board(answer: dict[str, Any]) -> Board:
    """The board in such an answer."""
    return board_in({"boards": [json.loads(json.dumps(answer))]}, answer["id"])
