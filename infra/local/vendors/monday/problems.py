"""The errors of an application, as they stand in `errors` of an answer with HTTP status 200."""

from typing import Any

from graphql import GraphQLError

from infra.local.vendors.monday.model import Column


class Refused(GraphQLError):
    """One field was refused; `extensions` carry the vendor's code, status and details."""

    def __init__(self, code: str, message: str, status_code: int = 200, **error_data: Any) -> None:
        """`status_code` is the one inside the body, not the HTTP status."""
        super().__init__(
            message, extensions={"code": code, "status_code": status_code, "error_data": error_data}
        )


def invalid_board(board_id: str) -> Refused:
    """There is no such board, or it is not active."""
    return Refused("InvalidBoardIdException", f"Board {board_id} does not exist", board_id=board_id)


def not_found(what: str, identity: object) -> Refused:
    """An item, group or job that is not there."""
    return Refused(
        "ResourceNotFoundException",
        f"{what} {identity} was not found",
        404,
        resource_type=what,
        resource_id=str(identity),
    )


def invalid_argument(message: str) -> Refused:
    """An argument out of its range."""
    return Refused("InvalidArgumentException", message)


def invalid_column_id(column_id: str, board_id: str) -> Refused:
    """The board has no such column."""
    return Refused(
        "InvalidColumnIdException",
        f"Column {column_id} does not exist on board {board_id}",
        column_id=column_id,
        board_id=board_id,
    )


def item_name_length(length: int) -> Refused:
    """A name that is empty or has more than 255 characters."""
    return Refused("ItemNameTooLongException", f"The name must have 1 to 255 characters, not {length}")


def board_is_full(board_id: str, limit: int) -> Refused:
    """The board holds as many items as it may."""
    return Refused("ItemsLimitationException", f"Board {board_id} has reached its limit of {limit} items")


def column_value(column: Column, given: Any, why: str, kind: str = "invalidValue") -> Refused:
    """A value of the wrong shape, or a label that the column does not have."""
    return Refused(
        "ColumnValueException",
        why,
        column_id=column.id,
        column_name=column.title,
        column_type=column.type,
        column_value=given,
        column_validation_error_code=kind,
    )


def inactive_item(item_id: int, state: str) -> Refused:
    """A write to an item that was archived or deleted."""
    return Refused(
        "ColumnValueException",
        f"Item {item_id} is inactive ({state})",
        item_id=str(item_id),
        column_validation_error_code="inactiveItems",
    )


def cursor_expired() -> Refused:
    """A cursor more than an hour after the first page; paging has to begin anew."""
    return Refused(
        "CursorException",
        "CursorExpiredError: The cursor provided for pagination has expired. "
        "Please refresh your query and obtain a new cursor to continue fetching items",
    )
