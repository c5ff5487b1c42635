"""The schema with its resolvers."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    StringValueNode,
    ValueNode,
)

from infra.local.vendors.monday import reading, writing
from infra.local.vendors.monday.documents import schema_of_the_stand_in

_RESOLVERS: dict[str, dict[str, Callable[..., Any]]] = {
    "Query": {
        "boards": reading.boards,
        "items": reading.items,
        "items_page_by_column_values": reading.items_page_by_column_values,
        "next_items_page": reading.next_items_page,
        "complexity": reading.complexity,
        "version": reading.version,
        "me": reading.me,
        "fetch_job_status": reading.fetch_job_status,
    },
    "Mutation": {
        "complexity": reading.complexity,
        "create_group": writing.create_group,
        "create_item": writing.create_item,
        "create_subitem": writing.create_subitem,
        "change_multiple_column_values": writing.change_multiple_column_values,
        "move_item_to_group": writing.move_item_to_group,
        "archive_item": writing.archive_item,
        "delete_item": writing.delete_item,
        "ingest_items": writing.ingest_items,
    },
    "Board": {
        "state": lambda board, _: "active",
        "items_count": lambda board, _: board.active_count,
        "items_limit": reading.items_limit,
        "columns": reading.columns,
        "groups": reading.groups,
        "items_page": reading.items_page,
    },
    "Group": {"items_page": reading.items_page},
    "Column": {"settings": reading.settings, "settings_str": reading.settings_str},
    "Item": {
        "board": reading.board_of,
        "group": reading.group_of,
        "parent_item": reading.parent_of,
        "subitems": reading.subitems,
        "created_at": reading.created_at,
        "updated_at": reading.updated_at,
        "column_values": reading.column_values,
    },
}
_CELL: dict[str, Callable[..., Any]] = {
    "id": lambda cell, _: cell.column.id,
    "type": lambda cell, _: cell.column.type,
    "column": lambda cell, _: cell.column,
    "text": reading.cell_text,
    "value": reading.cell_value,
    "number": reading.cell_number,
    "date": reading.cell_date,
    "time": reading.cell_time,
    "values": reading.cell_options,
    "index": lambda cell, _: cell.kept,
    "label": reading.cell_label,
    "subitems_ids": lambda cell, info: [item.id for item in reading.subitems(cell.item, info)],
}


@cache
def executable_schema() -> GraphQLSchema:
    """The schema of the stand-in, ready to be executed with a Call as context; never changed afterwards."""
    schema = schema_of_the_stand_in()
    for type_name, resolvers in _RESOLVERS.items():
        _attach(schema, type_name, resolvers)
    cells = cast(GraphQLInterfaceType, schema.type_map["ColumnValue"])
    cells.resolve_type = reading.type_of_cell
    for implementation in schema.get_possible_types(cells):
        _attach(schema, implementation.name, _CELL)
    cast(GraphQLUnionType, schema.type_map["JobStatus"]).resolve_type = lambda *_: "ItemsJobStatus"
    json_scalar = cast(GraphQLScalarType, schema.type_map["JSON"])
    json_scalar.coerce_input_value = _json_text
    json_scalar.coerce_input_literal = _json_literal
    return schema


def _attach(schema: GraphQLSchema, type_name: str, resolvers: dict[str, Callable[..., Any]]) -> None:
    fields = cast(GraphQLObjectType, schema.type_map[type_name]).fields
    for name, resolver in resolvers.items():
        if name in fields:
            fields[name].resolve = resolver


def _json_text(value: Any) -> str:
    """JSON travels as text: an object in its place is the mistake this refuses."""
    if not isinstance(value, str):
        raise GraphQLError(f"JSON cannot represent the value {value!r}: send it encoded, as a string")
    return value


def _json_literal(node: ValueNode) -> str:
    if not isinstance(node, StringValueNode):
        raise GraphQLError("JSON cannot represent this value: send it encoded, as a string", node)
    return node.value
