"""Writes as frozen requests."""

import json
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refuse, Usage
from functions.push.monday.documents import (
    ArchiveItem,
    ChangeItem,
    CreateGroup,
    CreateItem,
    CreateSubitem,
    MoveItem,
    Mutation,
    aliases_in,
    document,
    estimate,
)

ORDER = CreateItem("2001001", "g_now", "JW1WHITEJOO-1", {"text_key": "u-1", "date": {"date": "2026-03-01"}})
ALL: list[Mutation] = [
    ORDER,
    CreateSubitem("9", "Size S", {"drop_size": {"labels": ["S"]}}, creates_labels=True),
    ChangeItem("2001001", "9", {"numbers_qty": "12"}, name="NEW NAME"),
    ChangeItem("2001001", "9", {"numbers_qty": ""}),
    MoveItem("9", "g_now"),
    ArchiveItem("9"),
    CreateGroup("2001001", "NORTHWIND SPRING SUMMER 2026"),
]


def sent(*mutations: Mutation) -> Any:
    return json.loads(document(mutations))


def test_each_mutation_is_named_by_its_position() -> None:
    body = document(ALL)
    assert aliases_in(body) == ("m0", "m1", "m2", "m3", "m4", "m5", "m6")
    operation = parse(json.loads(body)["query"]).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    fields = operation.selection_set.selections
    names = [field.name.value for field in fields if isinstance(field, FieldNode)]
    assert names == [
        "complexity",
        "create_item",
        "create_subitem",
        "change_multiple_column_values",
        "change_multiple_column_values",
        "move_item_to_group",
        "archive_item",
        "create_group",
    ]


def test_column_values_are_encoded_once() -> None:
    assert json.loads(sent(ORDER)["variables"]["m0_column_values"]) == dict(ORDER.values)


def test_a_new_name_travels_among_the_values() -> None:
    variables = sent(ChangeItem("1", "9", {"a": "b"}, name="NEW"))["variables"]
    assert json.loads(variables["m0_column_values"]) == {"a": "b", "name": "NEW"}


def test_labels_are_created_only_where_it_is_allowed() -> None:
    variables = sent(*ALL)["variables"]
    assert variables["m0_create_labels_if_missing"] is False
    assert variables["m1_create_labels_if_missing"] is True


@given(st.lists(st.tuples(st.text(min_size=1, max_size=40), st.text(max_size=40)), min_size=1, max_size=4))
def test_nothing_that_people_wrote_becomes_part_of_a_document(rows: list[tuple[str, str]]) -> None:
    """Whatever the values, the text of the document depends on their number alone; and the same gives the same bytes."""
    mutations = [CreateItem("1", "g", f"n{name}", {"c": value}) for name, value in rows]
    plain = [CreateItem("1", "g", "n", {"c": ""}) for _ in rows]
    assert sent(*mutations)["query"] == sent(*plain)["query"]
    assert document(mutations) == document([CreateItem("1", "g", f"n{name}", {"c": v}) for name, v in rows])


def test_the_order_of_values_changes_no_byte() -> None:
    one = ArchiveItem("1"), CreateItem("1", "g", "n", {"a": "1", "b": "2"})
    other = ArchiveItem("1"), CreateItem("1", "g", "n", {"b": "2", "a": "1"})
    assert document(one) == document(other)


@pytest.mark.parametrize("count", [0, 21])
def test_a_request_carries_one_to_twenty(count: int) -> None:
    with pytest.raises(Usage):
        document([ArchiveItem("1")] * count)
    assert aliases_in(document([ArchiveItem("1")] * 20))[-1] == "m19"


@pytest.mark.parametrize(
    "mutation",
    [
        CreateItem("1", "g", "x" * 256, {}),
        CreateSubitem("1", "", {}),
        ChangeItem("1", "2", {}, name="x" * 256),
        CreateGroup("1", " "),
    ],
)
def test_a_name_that_does_not_fit_is_refused_not_cut(mutation: Mutation) -> None:
    with pytest.raises(Refuse, match="255"):
        document([mutation])


def test_the_estimate_counts_mutations() -> None:
    assert estimate(document(ALL)) == 7 * (10_000 + 11)
