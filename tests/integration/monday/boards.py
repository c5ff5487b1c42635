"""A small board of orders with its board of subitems, as the stand-in's boards file writes them."""

from typing import Any

ITEMS, LINES = "77", "78"
GROUP = "topics"

BOARDS: dict[str, Any] = {
    "boards": [
        {
            "id": ITEMS,
            "name": "Orders",
            "columns": [
                {"id": "text_key", "title": "SOURCE UUID", "type": "text", "key": True},
                {"id": "drop_customer", "title": "CUSTOMER", "type": "dropdown", "labels": ["NORTHWIND"]},
                {"id": "drop_season", "title": "CUSTOMER SEASON", "type": "dropdown"},
                {
                    "id": "status_type",
                    "title": "ORDER TYPE",
                    "type": "status",
                    "labels": ["RECEIVED", "CANCELLED"],
                },
                {"id": "text_style", "title": "STYLE", "type": "text"},
                {"id": "long_notes", "title": "NOTES", "type": "long_text"},
                {"id": "num_qty", "title": "TOTAL QTY", "type": "numbers"},
                {"id": "num_price", "title": "CUSTOMER PRICE", "type": "numbers"},
                {"id": "date_dc", "title": "CUSTOMER REQ IN DC DATE", "type": "date"},
                {"id": "sub", "title": "Subitems", "type": "subtasks", "subitems_board": LINES},
            ],
            "groups": [{"id": GROUP, "title": "Group Title"}],
        },
        {
            "id": LINES,
            "name": "Subitems of Orders",
            "columns": [
                {"id": "text_line", "title": "SOURCE LINE", "type": "text", "key": True},
                {"id": "drop_size", "title": "SIZE", "type": "dropdown"},
                {"id": "num_ordered", "title": "ORDER QTY", "type": "numbers"},
            ],
            "groups": [{"id": "lines", "title": "Subitems"}],
        },
    ]
}
VALUES: dict[str, str | int | None] = {
    "SOURCE UUID": "u-1",
    "CUSTOMER": "NORTHWIND",
    "CUSTOMER SEASON": "SPRING SUMMER 2026",
    "ORDER TYPE": "RECEIVED",
    "STYLE": 'JW "1", é',
    "NOTES": "two\nlines",
    "TOTAL QTY": 66,
    "CUSTOMER PRICE": "14.5",
    "CUSTOMER REQ IN DC DATE": "2026-03-01",
}
"""A value for every column that we write, by title."""
