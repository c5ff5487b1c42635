"""What is made on a board is there to be read, and follows every change."""

import json

from tests.integration.monday_stand_in.boards import (
    BOARD,
    CHANGE,
    COUNT,
    CREATE,
    CREATE_SUBITEM,
    DAY,
    KEY,
    KIND,
    LINE_KEY,
    NOTE,
    OTHER,
    READ,
    SIZE,
    SUBITEMS,
    encoded,
)
from tests.integration.monday_stand_in.conftest import StandIn, Start


def test_a_board_shows_its_columns_groups_and_settings(stand_in: StandIn) -> None:
    query = """{ boards(ids: ["501"]) { id name state items_count
                 columns { id title type settings_str settings } groups { id title archived deleted } } }"""
    (board,) = stand_in.data(query)["boards"]
    columns = {column["title"]: column for column in board["columns"]}
    assert (board["id"], board["name"], board["state"], board["items_count"]) == (
        BOARD,
        "Orders",
        "active",
        0,
    )
    assert (columns["KEY"]["id"], columns["KEY"]["type"]) == (KEY, "text")
    assert columns["Name"]["type"] == "name"
    assert json.loads(columns["Subitems"]["settings_str"]) == {"boardIds": [int(SUBITEMS)]}
    assert json.loads(columns["KIND"]["settings_str"]) == {"labels": {"0": "RECEIVED", "1": "CANCELLED"}}
    assert columns["SIZE"]["settings"]["labels"] == [{"id": 1, "label": "S"}, {"id": 2, "label": "M"}]
    assert board["groups"][1] == {"id": "old", "title": "Old", "archived": True, "deleted": False}


def test_an_unknown_board_is_left_out_of_the_answer(stand_in: StandIn) -> None:
    assert stand_in.data('{ boards(ids: ["1", "502"]) { id } }')["boards"] == [{"id": OTHER}]


def test_a_new_group_stands_on_top_and_takes_items_by_its_id(stand_in: StandIn) -> None:
    made = stand_in.data('mutation { create_group(board_id: 501, group_name: "SPRING") { id title } }')
    group = made["create_group"]
    assert group["title"] == "SPRING"
    item = stand_in.data(CREATE, {"board": BOARD, "name": "one", "group": group["id"]})["create_item"]
    assert item["group"] == group
    (board,) = stand_in.data("{ boards(ids: [501]) { groups { id } } }")["boards"]
    assert [each["id"] for each in board["groups"]] == [group["id"], "topics", "old"]


def test_two_groups_may_have_one_title(stand_in: StandIn) -> None:
    text = 'mutation { a: create_group(board_id: 501, group_name: "X") { id } b: create_group(board_id: 501, group_name: "X") { id } }'
    made = stand_in.data(text)
    assert made["a"]["id"] != made["b"]["id"]


def test_every_type_of_value_is_read_as_text_and_as_json(stand_in: StandIn) -> None:
    item = stand_in.create(
        values={
            KEY: "k1",
            NOTE: {"text": "a long one"},
            SIZE: {"labels": ["S", "M"]},
            KIND: {"label": "CANCELLED"},
            COUNT: "14.5",
            DAY: {"date": "2026-03-01"},
        }
    )
    (read,) = stand_in.data(READ, {"ids": [item]})["items"]
    shown = {cell["id"]: (cell["type"], cell["text"], cell["value"]) for cell in read["column_values"]}
    assert {
        name: (kind, text, json.loads(value)) for name, (kind, text, value) in shown.items() if value
    } == {
        KEY: ("text", "k1", "k1"),
        NOTE: ("long_text", "a long one", {"text": "a long one"}),
        SIZE: ("dropdown", "S, M", {"ids": [1, 2]}),
        KIND: ("status", "CANCELLED", {"index": 1}),
        COUNT: ("numbers", "14.5", "14.5"),
        DAY: ("date", "2026-03-01", {"date": "2026-03-01"}),
    }
    assert shown["people1"] == ("people", "", None)


def test_values_have_the_fields_of_their_type(stand_in: StandIn) -> None:
    item = stand_in.create(
        values={SIZE: {"ids": [2]}, KIND: {"index": 0}, COUNT: "3", DAY: {"date": "2026-03-01"}}
    )
    query = """query ($ids: [ID!]) { items(ids: $ids) { column_values {
        ... on DropdownValue { values { id label } } ... on StatusValue { index label }
        ... on NumbersValue { number } ... on DateValue { date time } } } }"""
    cells = stand_in.data(query, {"ids": [item]})["items"][0]["column_values"]
    assert [cell for cell in cells if cell] == [
        {"values": [{"id": "2", "label": "M"}]},
        {"index": 0, "label": "RECEIVED"},
        {"number": 3.0},
        {"date": "2026-03-01", "time": None},
    ]


def test_an_empty_dropdown_or_status_has_null_for_text_and_an_empty_text_column_an_empty_one(
    stand_in: StandIn,
) -> None:
    (read,) = stand_in.data(READ, {"ids": [stand_in.create()], "columns": [KEY, SIZE, KIND]})["items"]
    assert [(cell["text"], cell["value"]) for cell in read["column_values"]] == [
        ("", None),
        (None, None),
        (None, None),
    ]


def test_a_subitem_is_on_the_board_of_the_subitems(stand_in: StandIn) -> None:
    parent = stand_in.create()
    variables = {"parent": parent, "name": "Size S", "values": encoded(**{LINE_KEY: "k/S"})}
    made = stand_in.data(CREATE_SUBITEM, variables)["create_subitem"]
    assert (made["board"]["id"], made["parent_item"]["id"]) == (SUBITEMS, parent)
    (read,) = stand_in.data(READ, {"ids": [parent]})["items"]
    assert read["subitems"] == [{"id": made["id"], "name": "Size S"}]


def test_a_board_without_subitems_refuses_one(stand_in: StandIn) -> None:
    parent = stand_in.data(CREATE, {"board": OTHER, "name": "one"})["create_item"]["id"]
    assert stand_in.error(CREATE_SUBITEM, {"parent": parent, "name": "x"})["path"] == ["create_subitem"]


def test_changing_columns_leaves_the_others_and_the_name_is_one_of_them(stand_in: StandIn) -> None:
    item = stand_in.create(values={KEY: "k1", COUNT: "1"})
    changed = {"board": BOARD, "item": item, "values": encoded(name="renamed", **{COUNT: "2"})}
    assert stand_in.data(CHANGE, changed)["change_multiple_column_values"]["name"] == "renamed"
    (shown,) = stand_in.page(f"/_boards/{BOARD}")["items"]
    assert shown["values"] == {"KEY": "k1", "COUNT": "2"}


def test_null_and_the_empty_text_and_the_empty_object_empty_a_column(stand_in: StandIn) -> None:
    item = stand_in.create(
        values={KEY: "k1", COUNT: "1", SIZE: {"labels": ["S"]}, DAY: {"date": "2026-03-01"}}
    )
    emptied = encoded(**{KEY: "", COUNT: None, SIZE: {}, DAY: {"date": ""}})
    stand_in.data(CHANGE, {"board": BOARD, "item": item, "values": emptied})
    (shown,) = stand_in.page(f"/_boards/{BOARD}")["items"]
    assert shown["values"] == {}


def test_an_item_moves_to_another_group(stand_in: StandIn) -> None:
    group = stand_in.data('mutation { create_group(board_id: 501, group_name: "B") { id } }')["create_group"][
        "id"
    ]
    item = stand_in.create()
    stand_in.data(f'mutation {{ move_item_to_group(item_id: {item}, group_id: "topics") {{ id }} }}')
    stand_in.data(f'mutation {{ move_item_to_group(item_id: {item}, group_id: "{group}") {{ id }} }}')
    assert stand_in.data(READ, {"ids": [item]})["items"][0]["group"]["id"] == group


def test_archiving_takes_the_subitems_along_and_both_can_still_be_read(stand_in: StandIn) -> None:
    item = stand_in.create(values={KEY: "k1"})
    below = stand_in.data(CREATE_SUBITEM, {"parent": item, "name": "x"})["create_subitem"]["id"]
    assert stand_in.data(f"mutation {{ archive_item(item_id: {item}) {{ id state }} }}")["archive_item"] == {
        "id": item,
        "state": "archived",
    }
    read = stand_in.data(READ, {"ids": [item, below]})["items"]
    assert [each["state"] for each in read] == ["archived", "archived"]
    assert stand_in.found(KEY, "k1") == []
    assert stand_in.data("{ boards(ids: [501]) { items_count } }")["boards"][0]["items_count"] == 0


def test_a_deleted_item_shows_its_state_and_takes_no_write(stand_in: StandIn) -> None:
    item = stand_in.create()
    stand_in.data(f"mutation {{ delete_item(item_id: {item}) {{ id }} }}")
    assert stand_in.data(READ, {"ids": [item]})["items"][0]["state"] == "deleted"
    error = stand_in.error(CHANGE, {"board": BOARD, "item": item, "values": encoded(name="x")})
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_items_read_without_a_limit_are_the_first_twenty_five(stand_in: StandIn) -> None:
    ids = [stand_in.create(str(number)) for number in range(27)]
    assert len(stand_in.data(READ, {"ids": ids})["items"]) == 25
    assert (
        len(
            stand_in.data("query ($ids: [ID!]) { items(ids: $ids, limit: 100) { id } }", {"ids": ids})[
                "items"
            ]
        )
        == 27
    )


def test_more_than_a_hundred_ids_are_refused(stand_in: StandIn) -> None:
    error = stand_in.error(READ, {"ids": [str(number) for number in range(101)]})
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_the_report_of_a_board_counts_the_values_of_its_key_columns(stand_in: StandIn) -> None:
    for key in ("a", "b", "b"):
        stand_in.create(values={KEY: key})
    report = stand_in.page(f"/_boards/{BOARD}")
    assert report["keys"] == {"KEY": {"a": 1, "b": 2}}
    assert report["repeated_keys"] == {"KEY": {"b": 2}}


def test_the_version_and_the_user_are_told(start: Start) -> None:
    assert start().data("{ version { value kind } me { id } }") == {
        "version": {"value": "2026-10", "kind": "current"},
        "me": {"id": "4012689"},
    }
