"""Resolvers of the mutations; graphql runs the fields of one document in order."""

from typing import Any

from infra.local.vendors.monday.call import Call, Info
from infra.local.vendors.monday.model import Group, Item
from infra.local.vendors.monday.problems import Refused
from infra.local.vendors.monday.values import decoded


def create_group(_: Any, info: Info, board_id: str, group_name: str, **__: Any) -> Group:
    """A new group at the top of the board, wherever it was asked to stand."""
    return _struck(info, "create_group").workspace.create_group(board_id, group_name)


def create_item(
    _: Any,
    info: Info,
    board_id: str,
    item_name: str,
    group_id: str | None = None,
    column_values: str | None = None,
    create_labels_if_missing: bool | None = None,
    **__: Any,
) -> Item:
    """A new item."""
    call = _struck(info, "create_item")
    values = decoded(column_values)
    return call.workspace.create_item(board_id, item_name, group_id, values, bool(create_labels_if_missing))


def create_subitem(
    _: Any,
    info: Info,
    parent_item_id: str,
    item_name: str,
    column_values: str | None = None,
    create_labels_if_missing: bool | None = None,
) -> Item:
    """A new subitem."""
    call = _struck(info, "create_subitem")
    values = decoded(column_values)
    return call.workspace.create_subitem(parent_item_id, item_name, values, bool(create_labels_if_missing))


def change_multiple_column_values(
    _: Any,
    info: Info,
    board_id: str,
    column_values: str,
    item_id: str | None = None,
    create_labels_if_missing: bool | None = None,
) -> Item:
    """Change columns, and the name as the column called "name"."""
    call = _struck(info, "change_multiple_column_values")
    values = decoded(column_values)
    return call.workspace.change_values(board_id, item_id, values, bool(create_labels_if_missing))


def move_item_to_group(_: Any, info: Info, group_id: str, item_id: str | None = None) -> Item:
    """Move an item within its board."""
    return _struck(info, "move_item_to_group").workspace.move(item_id, group_id)


def archive_item(_: Any, info: Info, item_id: str | None = None) -> Item:
    """Archive an item and its subitems."""
    return _struck(info, "archive_item").workspace.retire(item_id, "archived")


def delete_item(_: Any, info: Info, item_id: str | None = None) -> Item:
    """Delete an item and its subitems."""
    return _struck(info, "delete_item").workspace.retire(item_id, "deleted")


def ingest_items(
    _: Any,
    info: Info,
    board_id: str,
    group_id: str,
    on_match: dict[str, Any] | None = None,
) -> Any:
    """A job that waits for a CSV."""
    call = _struck(info, "ingest_items")
    return call.jobs.begin(board_id, group_id, on_match, call.base_url)


def _struck(info: Info, name: str) -> Call:
    """The call; a planted fault for this one field refuses it instead, nothing done."""
    call: Call = info.context
    fault = call.faults.take("monday.field", field=name, alias=str(info.path.key))
    if fault is not None:
        parameters: dict[str, Any] = {
            "code": "InternalServerError",
            "message": "Internal server error",
            "status_code": 500,
        }
        raise Refused(**(parameters | dict(fault.parameters)))
    return call
