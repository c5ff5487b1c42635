"""Limits with their headers, and faults on demand."""

import contextlib
from datetime import timedelta

import pytest
import requests

from tests.support.etsy_account import StandIn, Start


def test_every_answer_says_what_is_left(start: Start) -> None:
    stand_in = start(per_second=7, per_day=50).sign_in()
    headers = stand_in.call("GET", "/listings/1").headers
    said = {name: headers[name] for name in ("x-limit-per-second", "x-limit-per-day", "x-remaining-today")}
    assert said == {"x-limit-per-second": "7", "x-limit-per-day": "50", "x-remaining-today": "49"}
    assert headers["x-remaining-this-second"] == "6"


def test_a_used_up_second_is_over_soon(start: Start) -> None:
    stand_in = start(per_second=2).sign_in()
    answers = [stand_in.call("GET", "/users/me") for _ in range(8)]
    refused = next(each for each in answers if each.status_code == 429)
    assert (refused.headers["retry-after"], refused.headers["x-remaining-this-second"]) == ("1", "0")
    stand_in.pass_time(1)
    assert stand_in.call("GET", "/users/me").status_code == 200


def test_the_day_slides(start: Start) -> None:
    stand_in = start(per_day=3).sign_in()
    stand_in.call("GET", "/users/me")
    stand_in.pass_time(timedelta(hours=12).total_seconds())
    assert [stand_in.call("GET", "/users/me").status_code for _ in range(3)] == [200, 200, 429]
    refused = stand_in.call("GET", "/users/me")
    assert (refused.headers["retry-after"], refused.headers["x-remaining-today"]) == ("86400", "0")
    stand_in.pass_time(timedelta(hours=12, minutes=2).total_seconds())
    assert [stand_in.call("GET", "/users/me").status_code for _ in range(2)] == [200, 429]


def test_the_day_outlives_a_restart(start: Start) -> None:
    token = start(per_day=2).sign_in()
    assert token.call("GET", "/users/me").status_code == 200
    again = start(per_day=2)
    again.token = token.token
    assert [again.call("GET", "/users/me").status_code for _ in range(2)] == [200, 429]


def test_created_but_500(stand_in: StandIn) -> None:
    stand_in.plant("etsy.createDraftListing", "created_but_500")
    answer = stand_in.create()
    assert (answer.status_code, answer.json()) == (500, {"error": "Server Error"})
    assert (len(stand_in.held()), stand_in.struck()) == (1, [1])


def test_a_dropped_answer_after_the_work(stand_in: StandIn) -> None:
    stand_in.plant("etsy.createDraftListing", "drop")
    with pytest.raises(requests.RequestException):
        stand_in.create()
    assert len(stand_in.held()) == 1


@pytest.mark.parametrize("fault", ["drop", "malformed", "created_but_500"])
def test_a_deletion_without_an_answer(stand_in: StandIn, fault: str) -> None:
    number = stand_in.draft()
    stand_in.plant("etsy.deleteListing", fault)
    with contextlib.suppress(requests.RequestException):
        assert stand_in.call("DELETE", f"/listings/{number}").status_code in (200, 500)
    assert (stand_in.held(), stand_in.struck()) == ([], [1])


def test_a_malformed_answer_after_the_work(stand_in: StandIn) -> None:
    stand_in.plant("etsy.createDraftListing", "malformed")
    with pytest.raises(requests.JSONDecodeError):
        stand_in.create().json()
    assert len(stand_in.held()) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
def test_a_planted_status_does_nothing(stand_in: StandIn, status: int) -> None:
    stand_in.plant("etsy.createDraftListing", "status", status=status)
    assert stand_in.create().status_code == status
    assert stand_in.held() == []


def test_a_planted_day_has_its_own_figures(stand_in: StandIn) -> None:
    stand_in.plant("etsy.getMe", "status", status=429, limit="day")
    refused = stand_in.call("GET", "/users/me")
    assert (refused.headers["retry-after"], refused.headers["x-remaining-today"]) == ("86400", "0")


def test_a_rank_in_conflict_on_one_listing(stand_in: StandIn) -> None:
    one, other = stand_in.draft(), stand_in.draft()
    stand_in.plant("etsy.uploadListingImage", "rank_conflict", match={"listing_id": one})
    assert [stand_in.upload(number).status_code for number in (other, one, one)] == [201, 409, 201]


def test_an_answer_without_the_headers(stand_in: StandIn) -> None:
    stand_in.plant("etsy.getMe", "no_rate_headers")
    answer = stand_in.call("GET", "/users/me")
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.lower().startswith("x-")]
