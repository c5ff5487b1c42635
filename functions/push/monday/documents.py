"""Writes as frozen requests: up to 20 mutations in one document, named by their position (m0 … m19).

The same mutations give the same bytes, so that a request can be stored before it is sent and repeated unchanged under its
idempotency key. Everything that comes from data travels as a variable. 20 is what the vendor's own tools send at most.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from common.errors import Usage
from functions.push.monday import costs
from functions.push.monday.request import COMPLEXITY, json_text, request_body
from functions.push.monday.values import checked_name

MOST_MUTATIONS = 20
"""In one document."""

Shapes = Mapping[str, Any]
"""Column values by column id, as `values.shapes` gives them. They are made text here and nowhere else."""


@dataclass(frozen=True)
class CreateItem:
    """A new item; `values` include the key column."""

    board_id: str
    group_id: str
    name: str
    values: Shapes
    creates_labels: bool = False


@dataclass(frozen=True)
class CreateSubitem:
    """A new subitem; `values` are by the ids of the subitems board."""

    parent_id: str
    name: str
    values: Shapes
    creates_labels: bool = False


@dataclass(frozen=True)
class ChangeItem:
    """Other values, and another name if it is given, for an item or subitem of this board."""

    board_id: str
    item_id: str
    values: Shapes
    name: str | None = None
    creates_labels: bool = False


@dataclass(frozen=True)
class MoveItem:
    """Into another group of its board."""

    item_id: str
    group_id: str


@dataclass(frozen=True)
class ArchiveItem:
    """Out of sight, with its subitems; a person can bring it back."""

    item_id: str


@dataclass(frozen=True)
class CreateGroup:
    """A new group; its id, not its title, is what items are created in."""

    board_id: str
    title: str


Mutation = CreateItem | CreateSubitem | ChangeItem | MoveItem | ArchiveItem | CreateGroup


def document(mutations: Sequence[Mutation]) -> bytes:
    """The request that carries these out, in this order.

    Raises Usage for none or more than 20, Refuse for a name that is too long or empty.
    """
    if not 0 < len(mutations) <= MOST_MUTATIONS:
        raise Usage(f"A request carries 1 to {MOST_MUTATIONS} mutations, not {len(mutations)}.")
    declared: list[str] = []
    fields: list[str] = []
    variables: dict[str, Any] = {}
    for position, mutation in enumerate(mutations):
        name, arguments = call_of(mutation)
        given = [(argument, f"m{position}_{argument}", kind, value) for argument, kind, value in arguments]
        declared += (f"${variable}: {kind}" for _, variable, kind, _ in given)
        variables |= {variable: value for _, variable, _, value in given}
        passed = ", ".join(f"{argument}: ${variable}" for argument, variable, _, _ in given)
        fields.append(f"  {alias(position)}: {name}({passed}) {{ id }}")
    text = f"mutation ({', '.join(declared)}) {{\n  {COMPLEXITY}\n" + "\n".join(fields) + "\n}"
    return request_body(text, variables)


def alias(position: int) -> str:
    """The name of the mutation at this position."""
    return f"m{position}"


def aliases_in(body: bytes) -> tuple[str, ...]:
    """The aliases of a request that `document` made, in order."""
    return tuple(_ALIAS.findall(json.loads(body)["query"]))


def estimate(body: bytes) -> int:
    """The complexity points that such a request is expected to cost."""
    return costs.MUTATION * len(aliases_in(body))


_ALIAS = re.compile(r"^  (m\d+): ", re.MULTILINE)
Argument = tuple[str, str, Any]
"""Name, GraphQL type, value."""


@singledispatch
def call_of(mutation: object) -> tuple[str, list[Argument]]:
    """The field and the arguments of one mutation."""
    raise TypeError(f"{type(mutation).__name__} is no mutation")


@call_of.register
def _(mutation: CreateItem) -> tuple[str, list[Argument]]:
    where = [("board_id", "ID!", mutation.board_id), ("group_id", "String", mutation.group_id)]
    return "create_item", [*where, *_content(mutation)]


@call_of.register
def _(mutation: CreateSubitem) -> tuple[str, list[Argument]]:
    return "create_subitem", [("parent_item_id", "ID!", mutation.parent_id), *_content(mutation)]


@call_of.register
def _(mutation: ChangeItem) -> tuple[str, list[Argument]]:
    name = {} if mutation.name is None else {"name": checked_name(mutation.name)}
    return "change_multiple_column_values", [
        ("board_id", "ID!", mutation.board_id),
        ("item_id", "ID!", mutation.item_id),
        ("column_values", "JSON!", json_text({**mutation.values, **name})),
        ("create_labels_if_missing", "Boolean", mutation.creates_labels),
    ]


@call_of.register
def _(mutation: MoveItem) -> tuple[str, list[Argument]]:
    return "move_item_to_group", [
        ("item_id", "ID!", mutation.item_id),
        ("group_id", "String!", mutation.group_id),
    ]


@call_of.register
def _(mutation: ArchiveItem) -> tuple[str, list[Argument]]:
    return "archive_item", [("item_id", "ID!", mutation.item_id)]


@call_of.register
def _(mutation: CreateGroup) -> tuple[str, list[Argument]]:
    return "create_group", [
        ("board_id", "ID!", mutation.board_id),
        ("group_name", "String!", checked_name(mutation.title)),
    ]


def _content(mutation: CreateItem | CreateSubitem) -> Iterator[Argument]:
    yield "item_name", "String!", checked_name(mutation.name)
    yield "column_values", "JSON!", json_text(mutation.values)
    yield "create_labels_if_missing", "Boolean", mutation.creates_labels
