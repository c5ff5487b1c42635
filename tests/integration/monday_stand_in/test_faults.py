"""Each planted fault shows as documented, strikes as often as told, and can be proven to have struck."""

import time

import pytest
import requests

from tests.integration.monday_stand_in.boards import BOARD, CREATE, NEXT, OTHER, many
from tests.integration.monday_stand_in.conftest import StandIn

ONE = {"board": BOARD, "name": "one"}
ME = "{ me { id } }"


@pytest.mark.parametrize("status", [401, 403, 409, 423, 500, 502, 503, 504])
def test_a_status_does_nothing_but_answer(stand_in: StandIn, status: int) -> None:
    stand_in.plant("monday.mutation", "status", status=status)
    assert stand_in.post(CREATE, ONE, key="k").status_code == status
    assert stand_in.names() == []
    assert "Idempotency-Replayed" not in stand_in.post(CREATE, ONE, key="k").headers
    assert stand_in.struck() == [1]


@pytest.mark.parametrize(
    "code",
    [
        "MINUTE_RATE_LIMIT_EXCEEDED",
        "DAILY_LIMIT_EXCEEDED",
        "MAX_CONCURRENCY_EXCEEDED",
        "IP_RATE_LIMIT_EXCEEDED",
    ],
)
def test_a_429_has_the_code_and_the_wait_that_were_asked_for(stand_in: StandIn, code: str) -> None:
    stand_in.plant("monday.query", "status", status=429, code=code, retry_in_seconds=17)
    response = stand_in.post(ME)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "17")
    assert response.json()["errors"][0]["extensions"]["code"] == code


def test_exhausted_complexity_in_the_present_shape(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "complexity_exhausted", retry_in_seconds=9)
    error = stand_in.error(CREATE, ONE)
    assert error["extensions"] == {"code": "COMPLEXITY_BUDGET_EXHAUSTED", "retry_in_seconds": 9}
    assert stand_in.names() == []


@pytest.mark.parametrize("status", [200, 429])
def test_exhausted_complexity_in_the_old_shape(stand_in: StandIn, status: int) -> None:
    stand_in.plant("monday.mutation", "complexity_exhausted", shape="old", retry_in_seconds=3, status=status)
    response = stand_in.post(CREATE, ONE)
    body = response.json()
    assert (response.status_code, body["error_code"], body["status_code"]) == (
        status,
        "ComplexityException",
        429,
    )
    assert body["errors"] == [body["error_message"]]
    assert body["error_message"].endswith("out of 5000000 reset in 3 seconds")
    assert stand_in.names() == []


def test_an_expired_cursor_in_both_shapes(stand_in: StandIn) -> None:
    stand_in.plant("monday.query", "expired_cursor", {"field": "next_items_page"})
    body = stand_in.post(NEXT, {"cursor": "x", "limit": 1}).json()
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "CursorException"
    stand_in.plant("monday.query", "expired_cursor", shape="old")
    body = stand_in.post(NEXT, {"cursor": "x", "limit": 1}).json()
    assert (body["error_code"], body["status_code"]) == ("CursorException", 200)


def test_created_but_500_has_created(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "created_but_500")
    assert stand_in.post(CREATE, ONE).status_code == 500
    assert stand_in.names() == ["one"]


def test_drop_does_the_work_and_cuts_the_connection(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "drop")
    with pytest.raises(requests.exceptions.RequestException):
        stand_in.post(CREATE, ONE)
    assert stand_in.names() == ["one"]


def test_malformed_does_the_work_and_ends_half_way(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "malformed")
    response = stand_in.post(CREATE, ONE)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()
    assert response.status_code == 200
    assert stand_in.names() == ["one"]


def test_null_data_does_the_work_and_does_not_say_so(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "null_data")
    stand_in.plant("monday.mutation", "null_data", errors=False)
    with_errors, without = stand_in.post(CREATE, ONE).json(), stand_in.post(CREATE, ONE).json()
    assert (with_errors["data"], without["data"]) == (None, None)
    assert ("errors" in with_errors, "errors" in without) == (True, False)
    assert stand_in.names() == ["one", "one"]


def test_delay_waits_before_it_works(stand_in: StandIn) -> None:
    stand_in.plant("monday.query", "delay", seconds=0.2)
    began = time.monotonic()
    stand_in.data(ME)
    assert time.monotonic() - began >= 0.2


def test_a_fault_may_match_the_field_and_the_board(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "status", {"field": "create_item", "board": OTHER}, status=500)
    stand_in.data(CREATE, ONE)
    stand_in.data('mutation { create_group(board_id: 502, group_name: "x") { id } }')
    assert stand_in.post(CREATE, {**ONE, "board": OTHER}).status_code == 500
    assert stand_in.struck() == [1]


def test_a_fault_of_one_field_leaves_the_other_aliases_alone(stand_in: StandIn) -> None:
    stand_in.plant(
        "monday.field", "refuse", {"field": "create_item", "alias": "a1"}, code="InternalServerError"
    )
    body = stand_in.post(*many(3)).json()
    assert body["data"]["a1"] is None
    assert [error["path"] for error in body["errors"]] == [["a1"]]
    assert stand_in.names() == ["0", "2"]


def test_a_fault_strikes_as_often_as_told_and_can_be_forgotten(stand_in: StandIn) -> None:
    stand_in.plant("monday.query", "status", times=2, status=500)
    statuses = [stand_in.post(ME).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert stand_in.struck() == [2]
    stand_in.session.delete(f"{stand_in.url}/_faults", timeout=5)
    assert stand_in.struck() == []


def test_a_call_struck_by_a_fault_counts_as_a_call(stand_in: StandIn) -> None:
    stand_in.plant("monday.query", "status", status=500)
    stand_in.post(ME)
    assert stand_in.page("/_calls")["used"]["minute"] == 1


def test_an_unknown_kind_of_fault_is_told(stand_in: StandIn) -> None:
    stand_in.plant("monday.query", "explode")
    assert "explode" in stand_in.post(ME).json()["errors"][0]["message"]
