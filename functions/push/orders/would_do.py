"""What a run in mode TEST would have done at the boards, in short."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.stage.orders.document import shown_differences

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_SHOWN = 20
"""Changes; the others are counted, and listed by `shelfline changes`."""
_MOST_FIELDS = 12
_FIRST = """
select c.operation, i.data->>'board' as board, c.before, c.after from staged_changes c join items i on i.id = c.item_id
where c.run_id = any(cast(%s as text[])) and c.target = 'monday' and c.state = 'would_push'
order by case c.operation when 'delete' then 1 when 'update' then 2 else 3 end, c.id limit %s
"""


def first_changes(connection: "Connection", run_ids: str) -> list[dict[str, Any]]:
    """The first of them, what is lost before what is new: {operation, board, group, name, differences}.

    run_ids: as Postgres writes an array. differences: {field: {old, new}} of an update, the first dozen fields.
    """
    rows = connection.exec_driver_sql(_FIRST, (run_ids, MOST_SHOWN))
    return [_change(row) for row in rows]


def _change(row: Any) -> dict[str, Any]:
    shown: Mapping[str, Any] = row.after or row.before
    return {
        "operation": row.operation,
        "board": row.board,
        "group": shown["group"],
        "name": shown["name"],
        "differences": _differences(row),
    }


def _differences(row: Any) -> dict[str, Any]:
    """Of an update, field by field; of an order that is new or gone its size says enough."""
    if row.operation == "update":
        return dict(list(shown_differences(row.before, row.after).items())[:_MOST_FIELDS])
    lines = (row.after or row.before)["lines"]
    pieces = {"lines": len(lines), "pieces": sum(lines.values())}
    ends = ("old", "new") if row.operation == "delete" else ("new", "old")
    return {name: {ends[0]: count, ends[1]: None} for name, count in pieces.items()}
