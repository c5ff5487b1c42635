"""A mutation sent again with its Idempotency-Key, and writes that meet at a board."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import requests

from tests.integration.emulator_process import until
from tests.integration.monday_stand_in.boards import BOARD, CREATE, CREATE_SUBITEM, OTHER
from tests.integration.monday_stand_in.conftest import StandIn, Start

ONE = {"board": BOARD, "name": "one"}


def test_the_same_key_gives_the_same_answer_and_no_second_item(stand_in: StandIn) -> None:
    first = stand_in.post(CREATE, ONE, key="k")
    second = stand_in.post(CREATE, ONE, key="k")
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.content == first.content
    assert stand_in.names() == ["one"]
    assert stand_in.page("/_calls")["totals"]["replayed"] == 1


def test_without_a_key_the_same_mutation_makes_two(stand_in: StandIn) -> None:
    stand_in.data(CREATE, ONE)
    stand_in.data(CREATE, ONE)
    assert stand_in.names() == ["one", "one"]


def test_a_key_is_forgotten_after_thirty_minutes(stand_in: StandIn) -> None:
    stand_in.data(CREATE, ONE, key="k")
    stand_in.pass_time(1799)
    assert "Idempotency-Replayed" in stand_in.post(CREATE, ONE, key="k").headers
    stand_in.pass_time(2)
    assert "Idempotency-Replayed" not in stand_in.post(CREATE, ONE, key="k").headers
    assert stand_in.names() == ["one", "one"]


def test_a_key_with_another_request_is_an_error(stand_in: StandIn) -> None:
    stand_in.data(CREATE, ONE, key="k")
    response = stand_in.post(CREATE, {**ONE, "name": "two"}, key="k")
    assert response.status_code == 422
    assert stand_in.names() == ["one"]


def test_a_refusal_that_ran_is_replayed_as_well(stand_in: StandIn) -> None:
    first = stand_in.post(CREATE, {**ONE, "name": ""}, key="k")
    second = stand_in.post(CREATE, {**ONE, "name": ""}, key="k")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.content == first.content


def test_a_call_refused_for_its_complexity_leaves_its_key_free(start: Start) -> None:
    stand_in = start(points=15_000)
    stand_in.create()
    assert "errors" in stand_in.post(CREATE, ONE, key="k").json()
    stand_in.pass_time(60)
    assert "Idempotency-Replayed" not in stand_in.post(CREATE, ONE, key="k").headers


def test_a_key_on_a_query_does_nothing(stand_in: StandIn) -> None:
    for _ in range(2):
        assert "Idempotency-Replayed" not in stand_in.post("{ me { id } }", key="k").headers


def test_a_kept_answer_outlives_a_restart(start: Start) -> None:
    first = start().post(CREATE, ONE, key="k")
    again = start()
    assert again.post(CREATE, ONE, key="k").content == first.content
    assert again.names() == ["one"]


@pytest.mark.parametrize("kind", ["created_but_500", "malformed", "null_data"])
def test_an_answer_that_was_spoilt_is_replayed_as_the_success_it_was(stand_in: StandIn, kind: str) -> None:
    stand_in.plant("monday.mutation", kind)
    stand_in.post(CREATE, ONE, key="k")
    replayed = stand_in.post(CREATE, ONE, key="k")
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert replayed.json()["data"]["create_item"]["name"] == "one"
    assert stand_in.names() == ["one"]


def test_an_answer_that_was_lost_is_replayed_as_the_success_it_was(stand_in: StandIn) -> None:
    stand_in.plant("monday.mutation", "drop")
    with pytest.raises(requests.exceptions.RequestException):
        stand_in.post(CREATE, ONE, key="k")
    assert stand_in.data(CREATE, ONE, key="k")["create_item"]["name"] == "one"
    assert stand_in.names() == ["one"]


def held(stand_in: StandIn, threads: ThreadPoolExecutor, key: str | None = None) -> Future[requests.Response]:
    """A mutation that makes `one` at once and then stays under way."""
    stand_in.plant("monday.mutation", "hold", seconds=0.5)

    def send() -> requests.Response:
        headers = {"Authorization": "local-token"} | ({} if key is None else {"Idempotency-Key": key})
        body = {"query": CREATE, "variables": ONE}
        return requests.post(f"{stand_in.url}/v2", json=body, headers=headers, timeout=10)

    sent = threads.submit(send)
    until(lambda: stand_in.names() == ["one"])
    return sent


def test_the_same_key_while_the_first_call_is_under_way_is_a_conflict(stand_in: StandIn) -> None:
    with ThreadPoolExecutor() as threads:
        first = held(stand_in, threads, "k")
        response = stand_in.post(CREATE, ONE, key="k")
        assert first.result().status_code == 200
    assert (response.status_code, response.headers["Retry-After"]) == (409, "1")
    assert response.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert "Idempotency-Replayed" in stand_in.post(CREATE, ONE, key="k").headers


def test_a_write_while_another_is_under_way_on_the_board_is_refused(stand_in: StandIn) -> None:
    with ThreadPoolExecutor() as threads:
        first = held(stand_in, threads)
        response = stand_in.post(CREATE, {**ONE, "name": "two"})
        assert first.result().status_code == 200
    assert response.status_code == 423
    assert response.json()["errors"][0]["message"] == "Resource is currently locked"
    assert stand_in.names() == ["one"]
    counted = stand_in.page("/_calls")
    assert (counted["totals"]["locked"], counted["peak_concurrent_writes"]) == (1, {BOARD: 2})


def test_the_subitems_of_a_board_are_locked_with_it(stand_in: StandIn) -> None:
    with ThreadPoolExecutor() as threads:
        first = held(stand_in, threads)
        parent = stand_in.page(f"/_boards/{BOARD}")["items"][0]["id"]
        response = stand_in.post(CREATE_SUBITEM, {"parent": parent, "name": "x"})
        assert first.result().status_code == 200
    assert response.status_code == 423


def test_another_board_and_every_read_go_on_meanwhile(stand_in: StandIn) -> None:
    with ThreadPoolExecutor() as threads:
        first = held(stand_in, threads)
        stand_in.data(CREATE, {"board": OTHER, "name": "x"})
        stand_in.data("{ boards(ids: [501]) { items_count } }")
        assert not first.done()


def test_writes_that_come_together_are_found_without_any_fault(stand_in: StandIn) -> None:
    """At every board one goes through at a time; the others are told to come again."""

    def write(number: int) -> int:
        body = {"query": CREATE, "variables": {"board": BOARD, "name": str(number)}}
        headers = {"Authorization": "local-token"}
        return requests.post(f"{stand_in.url}/v2", json=body, headers=headers, timeout=10).status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(write, range(200)))
    assert set(statuses) == {200, 423}
    assert len(stand_in.names()) == statuses.count(200)
    assert stand_in.page("/_calls")["peak_concurrent_writes"][BOARD] >= 2


def test_more_calls_at_once_than_the_plan_allows_are_refused(start: Start) -> None:
    stand_in = start(concurrent=1)
    with ThreadPoolExecutor() as threads:
        first = held(stand_in, threads)
        response = stand_in.post("{ me { id } }")
        assert first.result().status_code == 200
    assert response.status_code == 429
    assert response.json()["errors"][0]["extensions"]["code"] == "MAX_CONCURRENCY_EXCEEDED"
    assert stand_in.page("/_calls")["peak_concurrent_calls"] == 2
