"""What the vendor refuses is refused here, in the vendor's words and with nothing done."""

import json
from typing import Any

import pytest

from tests.integration.monday_stand_in.boards import (
    BOARD,
    CHANGE,
    COUNT,
    CREATE,
    DAY,
    FIND,
    KEY,
    KIND,
    NOTE,
    READ,
    SIZE,
    SUBITEMS,
    encoded,
    many,
)
from tests.integration.monday_stand_in.conftest import StandIn, Start


def refused(stand_in: StandIn, values: Any, labels: bool = False) -> Any:
    """The extensions of the error that creating an item with these values gives."""
    error = stand_in.error(
        CREATE, {"board": BOARD, "name": "x", "values": json.dumps(values), "labels": labels}
    )
    assert error["path"] == ["create_item"]
    assert stand_in.names() == []
    return error["extensions"]


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        (KEY, 5),
        (KEY, {"text": "k"}),
        (NOTE, "text"),
        (NOTE, {"text": 5}),
        (COUNT, 12),
        (COUNT, "12 pieces"),
        (COUNT, "1,200"),
        (COUNT, "٣"),
        (DAY, "2026-03-01"),
        (DAY, {"date": "01.03.2026"}),
        (DAY, {"date": "2026-02-30"}),
        (DAY, {"date": "20260301"}),
        (SIZE, {"label": "S"}),
        (SIZE, ["S"]),
        (SIZE, {"labels": "S"}),
        (SIZE, {"ids": [99]}),
        (KIND, {"labels": ["RECEIVED"]}),
        (KIND, {"index": 7}),
        ("people1", {"personsAndTeams": []}),
    ],
)
def test_a_value_of_the_wrong_shape_names_its_column_and_type(
    stand_in: StandIn, column: str, sent: Any
) -> None:
    extensions = refused(stand_in, {column: sent})
    assert (extensions["code"], extensions["status_code"]) == ("ColumnValueException", 200)
    assert extensions["error_data"]["column_id"] == column
    assert extensions["error_data"]["column_value"] == sent
    assert "column_type" in extensions["error_data"]


@pytest.mark.parametrize(("column", "sent"), [(SIZE, {"labels": ["S", "XL"]}), (KIND, {"label": "LOST"})])
def test_a_label_that_is_not_there_is_refused_unless_it_may_be_made(
    stand_in: StandIn, column: str, sent: Any
) -> None:
    assert refused(stand_in, {column: sent})["error_data"]["column_validation_error_code"] == "missingLabel"
    stand_in.create(values={column: sent}, labels=True)
    stand_in.create(values={column: sent})


def test_no_label_is_made_by_a_mutation_that_is_refused(stand_in: StandIn) -> None:
    refused(stand_in, {SIZE: {"labels": ["XL"]}, COUNT: "many"}, labels=True)
    assert refused(stand_in, {SIZE: {"labels": ["XL"]}})["code"] == "ColumnValueException"


def test_an_unknown_column_is_refused(stand_in: StandIn) -> None:
    assert refused(stand_in, {"KEY": "titles are not ids"})["code"] == "InvalidColumnIdException"


def test_column_values_sent_as_an_object_are_refused_before_anything_runs(stand_in: StandIn) -> None:
    response = stand_in.post(CREATE, {"board": BOARD, "name": "x", "values": {KEY: "k1"}})
    assert response.status_code == 200
    assert "data" not in response.json()
    assert "as a string" in response.json()["errors"][0]["message"]
    assert stand_in.names() == []


def test_column_values_encoded_twice_are_refused(stand_in: StandIn) -> None:
    assert refused(stand_in, json.dumps({KEY: "k1"}))["code"] == "InvalidArgumentException"


@pytest.mark.parametrize("name", ["", "n" * 256])
def test_a_name_has_one_to_255_characters(stand_in: StandIn, name: str) -> None:
    error = stand_in.error(CREATE, {"board": BOARD, "name": name})
    assert error["extensions"]["code"] == "ItemNameTooLongException"
    stand_in.create("n" * 255)


def test_an_unknown_board_is_refused(stand_in: StandIn) -> None:
    error = stand_in.error(CREATE, {"board": "1", "name": "x"})
    assert error["extensions"]["code"] == "InvalidBoardIdException"


@pytest.mark.parametrize("group", ["GROUP TITLE", "old"])
def test_a_group_that_is_unknown_or_archived_is_refused(stand_in: StandIn, group: str) -> None:
    error = stand_in.error(CREATE, {"board": BOARD, "name": "x", "group": group})
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_an_unknown_item_is_refused(stand_in: StandIn) -> None:
    error = stand_in.error(CHANGE, {"board": BOARD, "item": "7", "values": encoded(name="x")})
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_an_item_of_another_board_is_refused(stand_in: StandIn) -> None:
    item = stand_in.create()
    error = stand_in.error(CHANGE, {"board": "502", "item": item, "values": encoded(name="x")})
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_an_archived_item_takes_no_write(stand_in: StandIn) -> None:
    item = stand_in.create()
    stand_in.data(f"mutation {{ archive_item(item_id: {item}) {{ id }} }}")
    error = stand_in.error(CHANGE, {"board": BOARD, "item": item, "values": encoded(name="x")})
    assert error["extensions"]["error_data"]["column_validation_error_code"] == "inactiveItems"


def test_a_full_board_refuses_the_next_item_until_one_is_archived(start: Start) -> None:
    stand_in = start(items_limit=2)
    first = stand_in.create()
    stand_in.create()
    error = stand_in.error(CREATE, {"board": BOARD, "name": "third"})
    assert error["extensions"]["code"] == "ItemsLimitationException"
    stand_in.data(f"mutation {{ archive_item(item_id: {first}) {{ id }} }}")
    stand_in.create()


def test_subitems_are_not_made_with_create_item(stand_in: StandIn) -> None:
    error = stand_in.error(CREATE, {"board": SUBITEMS, "name": "x"})
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_one_refused_alias_is_null_and_the_others_stand(stand_in: StandIn) -> None:
    document, variables = many(3)
    body = stand_in.post(document, variables | {"name1": ""}).json()
    assert [body["data"][f"a{each}"] is None for each in range(3)] == [False, True, False]
    assert [error["path"] for error in body["errors"]] == [["a1"]]
    assert stand_in.names() == ["0", "2"]


def test_aliases_run_in_their_order(stand_in: StandIn) -> None:
    document, variables = many(20)
    made = stand_in.data(document, variables)
    ids = [int(made[f"a{each}"]["id"]) for each in range(20)]
    assert ids == sorted(ids)
    assert stand_in.names() == [str(each) for each in range(20)]


def test_a_refused_page_takes_all_the_data_with_it(stand_in: StandIn) -> None:
    query = 'query { me { id } next_items_page(cursor: "nonsense", limit: 1) { cursor } }'
    body = stand_in.post(query).json()
    assert body["data"] is None
    assert body["errors"][0]["path"] == ["next_items_page"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ boards { id ", "GRAPHQL_PARSE_FAILED"),
        ("{ boards { nmae } }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { create_item(board_id: 501) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query a { me { id } } query b { me { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_a_bad_document_is_an_error_with_status_200(stand_in: StandIn, query: str, code: str) -> None:
    assert stand_in.error(query)["extensions"]["code"] == code


def test_a_missing_variable_is_an_error_with_status_200(stand_in: StandIn) -> None:
    error = stand_in.error(CREATE, {"board": BOARD})
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_a_body_that_is_no_json_is_status_400(stand_in: StandIn) -> None:
    headers = {"Authorization": "local-token"}
    response = stand_in.session.post(f"{stand_in.url}/v2", data="{", headers=headers, timeout=5)
    assert response.status_code == 400


def test_a_wrong_token_is_status_401_with_errors_as_plain_text(stand_in: StandIn) -> None:
    response = stand_in.post("{ me { id } }", token="wrong")
    assert (response.status_code, response.json()) == (401, {"errors": ["Not Authenticated"]})


def test_bearer_before_the_token_is_a_wrong_token(stand_in: StandIn) -> None:
    assert stand_in.post("{ me { id } }", token="Bearer local-token").status_code == 401


def test_a_view_only_user_may_read_but_not_write(start: Start) -> None:
    stand_in = start(view_only_token="eyes")
    assert stand_in.post(READ, {"ids": []}, token="eyes").status_code == 200
    response = stand_in.post(CREATE, {"board": BOARD, "name": "x"}, token="eyes")
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "UserUnauthorizedException"
    assert stand_in.names() == []


@pytest.mark.parametrize("limit", [0, 501])
def test_a_page_has_one_to_five_hundred_items(stand_in: StandIn, limit: int) -> None:
    columns = [{"column_id": KEY, "column_values": ["k"]}]
    error = stand_in.error(FIND, {"board": BOARD, "columns": columns, "limit": limit})
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_column_values_written_into_the_document_have_to_be_a_string_too(stand_in: StandIn) -> None:
    text = 'mutation {{ create_item(board_id: 501, item_name: "x", column_values: {}) {{ id }} }}'
    error = stand_in.error(text.format('{text1: "k1"}'))
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    stand_in.data(text.format('"{\\"text1\\": \\"k1\\"}"'))
    assert stand_in.found(KEY, "k1") == ["x"]
