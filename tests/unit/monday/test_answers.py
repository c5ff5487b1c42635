"""What became of each mutation: the half-good answers."""

from typing import Any

import pytest

from common.errors import Misconfigured, Refuse, Retry, Unavailable, WaitUntil
from functions.push.monday.answers import Answer, Confirmed, Outcome, Refused, Throttled, Unknown, answer
from functions.push.monday.failures import InProgress
from functions.push.monday.reading import read
from tests.fakes.http import reply
from tests.fakes.ledger import NOW
from tests.unit.monday.fakes import error

TWO = ("m0", "m1")


def understood(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return answer(read(reply(body, status, headers), NOW), TWO)


def outcomes(body: Any) -> tuple[Outcome, ...]:
    return understood(body).outcomes


def test_every_mutation_with_an_id_is_confirmed() -> None:
    assert outcomes({"data": {"m0": {"id": "11"}, "m1": {"id": 12}}}) == (Confirmed("11"), Confirmed("12"))


def test_a_repeated_answer_is_known_as_such() -> None:
    body = {"data": {"m0": {"id": "11"}, "m1": {"id": "12"}}}
    assert understood(body, headers={"Idempotency-Replayed": "true"}).is_replayed
    assert not understood(body).is_replayed


def test_a_refused_value_leaves_its_neighbour_confirmed() -> None:
    refusal = error("ColumnValueException", "invalid value", path=["m1"], status_code=200)
    first, second = outcomes({"data": {"m0": {"id": "11"}, "m1": None}, "errors": [refusal]})
    assert first == Confirmed("11")
    assert second == Refused("ColumnValueException", "invalid value", True, "monday_column_value")


def test_an_id_counts_more_than_an_error_beside_it() -> None:
    body = {"data": {"m0": {"id": "11"}, "m1": {"id": "12"}}, "errors": [error("X", path=["m1", "id"])]}
    assert outcomes(body) == (Confirmed("11"), Confirmed("12"))


def test_a_full_board_is_told_by_its_reason() -> None:
    body = {
        "data": {"m0": {"id": "11"}, "m1": None},
        "errors": [error("ItemsLimitationException", path=["m1"])],
    }
    (_, second) = outcomes(body)
    assert isinstance(second, Refused)
    assert (second.reason, second.permanent) == ("monday_board_full", True)


def test_a_throttled_mutation_may_be_tried_again_when_the_vendor_says() -> None:
    throttle = error("RATE_LIMIT_EXCEEDED", path=["m1"], retry_in_seconds=12)
    (_, second) = outcomes({"data": {"m0": {"id": "11"}, "m1": None}, "errors": [throttle]})
    assert isinstance(second, Throttled)
    assert (second.until - NOW).total_seconds() == 12


def test_a_locked_mutation_was_not_done_and_may_be_repeated() -> None:
    locked = error("RESOURCE_LOCKED", path=["m1"], status_code=423)
    (_, second) = outcomes({"data": {"m0": {"id": "11"}, "m1": None}, "errors": [locked]})
    assert isinstance(second, Refused)
    assert not second.permanent


def test_a_mutation_about_which_nothing_is_said_is_unknown() -> None:
    (_, second) = outcomes({"data": {"m0": {"id": "11"}, "m1": None}})
    assert isinstance(second, Unknown)


def test_an_error_without_a_path_belongs_to_the_only_mutation_that_is_missing() -> None:
    (_, second) = outcomes({"data": {"m0": {"id": "11"}}, "errors": [error("ColumnValueException")]})
    assert isinstance(second, Refused)


def test_an_error_without_a_path_over_several_says_of_none_that_it_was_not_done() -> None:
    """In the older shape an error replaces the whole answer, whatever was done before it."""
    with pytest.raises(Unavailable):
        outcomes({"error_code": "ColumnValueException", "error_message": "no", "status_code": 200})


def test_a_single_refused_mutation_is_an_outcome_not_an_error() -> None:
    reading = read(reply({"error_code": "ColumnValueException", "error_message": "no"}), NOW)
    (only,) = answer(reading, ("m0",)).outcomes
    assert isinstance(only, Refused)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"errors": [error("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=3)]}, 200, WaitUntil),
        ({"errors": [error("DAILY_LIMIT_EXCEEDED")]}, 429, WaitUntil),
        ({"errors": [error("IDEMPOTENCY_CONFLICT")]}, 409, InProgress),
        ({"errors": [error("RESOURCE_LOCKED")]}, 423, Retry),
        ({"errors": ["Not Authenticated"]}, 401, Misconfigured),
        ({"errors": [error("GRAPHQL_VALIDATION_FAILED")]}, 200, Refuse),
        (b"<html>", 502, Unavailable),
        ({"data": None}, 200, Unavailable),
        ({"data": {"m0": None, "m1": None}}, 200, Unavailable),
    ],
)
def test_what_befell_the_whole_request_is_raised(body: Any, status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        understood(body, status)


def test_mutations_that_are_all_throttled_are_one_wait() -> None:
    throttles = [error("RATE_LIMIT_EXCEEDED", path=[alias], retry_in_seconds=5) for alias in TWO]
    with pytest.raises(WaitUntil):
        understood({"data": {"m0": None, "m1": None}, "errors": throttles})
