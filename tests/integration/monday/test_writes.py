"""Writing through real sockets: what the board holds afterwards, and what became of each mutation."""

from functions.push.monday.answers import Confirmed, Refused
from functions.push.monday.documents import (
    ArchiveItem,
    ChangeItem,
    CreateGroup,
    CreateItem,
    CreateSubitem,
    MoveItem,
    Mutation,
    document,
)
from functions.push.monday.values import same, shapes
from tests.integration.monday.boards import GROUP, ITEMS, LINES, VALUES
from tests.integration.monday.conftest import StandIn, Start
from tests.integration.monday.writing import create, ids, new_item


def test_the_board_says_its_columns_groups_labels_and_subitems_board(stand_in: StandIn) -> None:
    board = stand_in.client().board(ITEMS)
    assert board.column("SOURCE UUID").id == "text_key"
    assert board.column("ORDER TYPE").labels == {"RECEIVED", "CANCELLED"}
    assert board.group_id("Group Title") == GROUP
    assert board.subitems_board_id == LINES
    assert (board.items_count, board.room()) == (0, 10_000)


def test_twenty_items_are_created_in_one_call(stand_in: StandIn) -> None:
    client = stand_in.client()
    board = client.board(ITEMS)
    body = document([new_item(board, f"u-{number}") for number in range(20)])
    before = stand_in.total("mutations")
    assert len(set(ids(client.perform(body, "key-1")))) == 20
    assert stand_in.total("mutations") == before + 1
    assert stand_in.keys(ITEMS, "SOURCE UUID") == {f"u-{number}": 1 for number in range(20)}


def test_a_value_of_every_type_is_read_back_as_it_was_written(stand_in: StandIn) -> None:
    client = stand_in.client()
    board = client.board(ITEMS)
    (item_id,) = ids(
        client.perform(document([CreateItem(ITEMS, GROUP, "JW1", shapes(board, VALUES), True)]), "k")
    )
    held = client.items([item_id])[item_id]
    assert (held.name, held.board_id, held.group_title, held.state) == ("JW1", ITEMS, "Group Title", "active")
    for title, value in VALUES.items():
        column = board.column(title)
        assert same(column.type, value, held.values[column.id]), title


def test_every_column_can_be_emptied(stand_in: StandIn) -> None:
    client = stand_in.client()
    board = client.board(ITEMS)
    (item_id,) = ids(
        client.perform(document([CreateItem(ITEMS, GROUP, "JW1", shapes(board, VALUES), True)]), "k")
    )
    nothing = shapes(board, dict.fromkeys(VALUES))
    client.perform(document([ChangeItem(ITEMS, item_id, nothing)]), "k2")
    assert set(client.items([item_id])[item_id].values.values()) == {None}


def test_an_item_is_renamed_changed_moved_and_archived(stand_in: StandIn) -> None:
    client = stand_in.client()
    (item_id,) = create(client, ["u-1"])
    (group_id,) = ids(client.perform(document([CreateGroup(ITEMS, "NORTHWIND SPRING SUMMER 2026")]), "group"))
    assert client.board(ITEMS).group_id("NORTHWIND SPRING SUMMER 2026") == group_id
    changes: list[Mutation] = [
        ChangeItem(ITEMS, item_id, {"num_qty": "12"}, name="NEW NAME"),
        MoveItem(item_id, group_id),
    ]
    client.perform(document(changes), "change")
    held = client.items([item_id])[item_id]
    assert (held.name, held.group_id, held.values["num_qty"]) == ("NEW NAME", group_id, "12")
    client.perform(document([ArchiveItem(item_id)]), "archive")
    assert not client.items([item_id])[item_id].is_active
    assert client.find(ITEMS, "text_key", ["u-1"]) == {"u-1": []}


def test_subitems_are_created_found_by_their_key_and_read_with_their_item(stand_in: StandIn) -> None:
    client = stand_in.client()
    (item_id,) = create(client, ["u-1"])
    lines = client.board(LINES)
    sizes = [
        CreateSubitem(
            item_id, f"Size {size}", shapes(lines, {"SOURCE LINE": f"u-1/{size}", "SIZE": size}), True
        )
        for size in ("S", "M")
    ]
    line_ids = ids(client.perform(document(sizes), "lines"))
    assert [line.id for line in client.items([item_id])[item_id].lines] == line_ids
    found = client.find(LINES, "text_line", ["u-1/S", "u-1/M"])
    assert [here[0].id for here in found.values()] == line_ids
    client.perform(document([ChangeItem(LINES, line_ids[0], {"num_ordered": "7"})]), "change-line")
    assert client.items([item_id], [], ["num_ordered"])[item_id].lines[0].values == {"num_ordered": "7"}


def test_one_bad_value_leaves_the_others_done(stand_in: StandIn) -> None:
    client = stand_in.client()
    board = client.board(ITEMS)
    good = new_item(board, "u-1")
    bad = CreateItem(
        ITEMS, GROUP, "bad", shapes(board, {"SOURCE UUID": "u-2", "ORDER TYPE": "NEVER HEARD OF"})
    )
    first, second, third = client.perform(document([good, bad, new_item(board, "u-3")]), "key-1").outcomes
    assert isinstance(first, Confirmed)
    assert isinstance(third, Confirmed)
    assert isinstance(second, Refused)
    assert (second.code, second.reason, second.permanent) == (
        "ColumnValueException",
        "monday_column_value",
        True,
    )
    assert stand_in.keys(ITEMS, "SOURCE UUID") == {"u-1": 1, "u-3": 1}


def test_a_full_board_takes_what_fits_and_says_so(start: Start) -> None:
    client = start(items_limit=1).client()
    board = client.board(ITEMS)
    first, second = client.perform(
        document([new_item(board, "u-1"), new_item(board, "u-2")]), "key-1"
    ).outcomes
    assert isinstance(first, Confirmed)
    assert isinstance(second, Refused)
    assert second.reason == "monday_board_full"
    assert client.board(ITEMS).room() == 0


def test_labels_that_must_not_be_made_are_seen_before_the_write(stand_in: StandIn) -> None:
    board = stand_in.client().board(ITEMS)
    (missing,) = board.missing_labels(
        {"CUSTOMER": "CONTOSO", "ORDER TYPE": "RECEIVED"}, ["CUSTOMER", "ORDER TYPE"]
    )
    assert (missing.title, missing.label) == ("CUSTOMER", "CONTOSO")
