"""Small boards for the tests, and what is written to them."""

import json
from typing import Any

BOARD, SUBITEMS, OTHER = "501", "511", "502"

KEY, NOTE, SIZE, KIND, COUNT, DAY, BELOW = "text1", "long1", "drop1", "stat1", "num1", "date1", "sub1"
LINE_KEY, LINE_SIZE = "text9", "drop9"

SMALL: dict[str, Any] = {
    "boards": [
        {
            "id": BOARD,
            "name": "Orders",
            "columns": [
                {"id": KEY, "title": "KEY", "type": "text", "key": True},
                {"id": NOTE, "title": "NOTES", "type": "long_text"},
                {"id": SIZE, "title": "SIZE", "type": "dropdown", "labels": ["S", "M"]},
                {"id": KIND, "title": "KIND", "type": "status", "labels": ["RECEIVED", "CANCELLED"]},
                {"id": COUNT, "title": "COUNT", "type": "numbers"},
                {"id": DAY, "title": "DAY", "type": "date"},
                {"id": "people1", "title": "OWNER", "type": "people"},
                {"id": BELOW, "title": "Subitems", "type": "subtasks", "subitems_board": SUBITEMS},
            ],
            "groups": [{"id": "topics", "title": "New"}, {"id": "old", "title": "Old", "archived": True}],
        },
        {
            "id": SUBITEMS,
            "name": "Subitems of Orders",
            "columns": [
                {"id": LINE_KEY, "title": "LINE KEY", "type": "text", "key": True},
                {"id": LINE_SIZE, "title": "SIZE", "type": "dropdown"},
            ],
        },
        {
            "id": OTHER,
            "name": "Others",
            "columns": [{"id": KEY, "title": "KEY", "type": "text", "key": True}],
        },
    ]
}

CREATE = """
mutation ($board: ID!, $name: String!, $values: JSON, $labels: Boolean, $group: String) {
  create_item(board_id: $board, item_name: $name, column_values: $values, create_labels_if_missing: $labels,
              group_id: $group) { id name state group { id title } board { id } }
}
"""
CREATE_SUBITEM = """
mutation ($parent: ID!, $name: String!, $values: JSON, $labels: Boolean) {
  create_subitem(parent_item_id: $parent, item_name: $name, column_values: $values,
                 create_labels_if_missing: $labels) { id board { id } parent_item { id } }
}
"""
CHANGE = """
mutation ($board: ID!, $item: ID, $values: JSON!, $labels: Boolean) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values,
                                create_labels_if_missing: $labels) { id name }
}
"""
READ = """
query ($ids: [ID!], $columns: [String!]) {
  items(ids: $ids) { id name state group { id } column_values(ids: $columns) { id type text value }
                     subitems { id name } }
}
"""
FIND = """
query ($board: ID!, $columns: [ItemsPageByColumnValuesQuery!], $limit: Int!, $cursor: String) {
  items_page_by_column_values(board_id: $board, columns: $columns, limit: $limit, cursor: $cursor) {
    cursor items { id name }
  }
}
"""
NEXT = "query ($cursor: String!, $limit: Int!) { next_items_page(cursor: $cursor, limit: $limit) { cursor items { id } } }"


def encoded(**values: Any) -> str:
    """Column values by column id, as they travel: JSON inside a string."""
    return json.dumps(values)


def many(count: int) -> tuple[str, dict[str, Any]]:
    """A document that makes `count` items named 0, 1, …, and its variables."""
    declared = "".join(f", $name{each}: String!" for each in range(count))
    fields = " ".join(
        f"a{each}: create_item(board_id: $board, item_name: $name{each}) {{ id }}" for each in range(count)
    )
    names = {f"name{each}": str(each) for each in range(count)}
    return f"mutation ($board: ID!{declared}) {{ {fields} }}", {"board": BOARD, **names}
