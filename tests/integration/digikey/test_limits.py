"""The two budgets: their headers, their two error bodies, virtual time, and a restart."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import WaitUntil
from tests.integration.digikey.conftest import Start
from tests.integration.digikey.products import SMALL


def test_every_answer_says_what_is_left_of_the_day(start: Start) -> None:
    asking = start(SMALL, per_day=50).client()
    rates = [asking.search("LM358P").rate, asking.product_details("NOPE").rate]
    assert [(rate.limit, rate.remaining) for rate in rates if rate] == [(50, 49), (50, 48)]


def test_a_used_up_minute_answers_in_the_older_shape_and_opens_again(start: Start) -> None:
    stand_in = start(SMALL, per_minute=2)
    refused = [stand_in.call("GET", "/manufacturers") for _ in range(3)][-1]
    assert refused.status_code == 429
    assert (
        refused.json().items()
        >= {
            "ErrorResponseVersion": "3.0.0.0",
            "StatusCode": 429,
            "ErrorMessage": "BurstLimit exceeded",
        }.items()
    )
    assert (refused.headers["X-BurstLimit-Limit"], refused.headers["X-BurstLimit-Remaining"]) == ("2", "0")
    assert refused.headers["X-BurstLimit-Reset"] == refused.headers["Retry-After"]
    assert refused.headers["X-BurstLimit-ResetTime"].endswith("GMT")
    assert refused.headers["X-RateLimit-Remaining"] == "998"  # what was refused costs nothing

    with pytest.raises(WaitUntil) as waiting:
        stand_in.client().search("LM358P")
    assert waiting.value.reason == "digikey_burst"
    delay = (waiting.value.until - stand_in.clock.now()).total_seconds()
    assert 50 < delay <= 60

    stand_in.pass_time(delay)
    stand_in.client().search("LM358P")
    assert stand_in.used() == {"minute": 1, "day": 3}


def test_a_used_up_day_answers_a_problem_and_opens_at_utc_midnight(start: Start) -> None:
    stand_in = start(SMALL, per_day=1)
    refused = [stand_in.call("GET", "/manufacturers") for _ in range(2)][-1]
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (refused.json()["title"], refused.json()["status"]) == ("Too Many Requests", 429)
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "X-BurstLimit-Limit" not in refused.headers

    with pytest.raises(WaitUntil) as waiting:
        stand_in.client().search("LM358P")
    assert waiting.value.reason == "digikey_day"
    now = stand_in.clock.now()
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    assert abs(waiting.value.until - midnight) < timedelta(seconds=2)

    stand_in.pass_time((waiting.value.until - now).total_seconds() + 1)
    stand_in.client().search("LM358P")


def test_counters_and_tokens_survive_a_restart(start: Start) -> None:
    before = start(SMALL, per_day=10)
    headers = {"Authorization": f"Bearer {before.token()}"}
    before.call("GET", "/manufacturers", headers=headers)
    after = start(SMALL, per_day=10)
    answer = after.call("GET", "/manufacturers", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["X-RateLimit-Remaining"] == "8"


def test_who_is_not_let_in_costs_nothing(start: Start) -> None:
    stand_in = start(SMALL)
    stand_in.call("GET", "/manufacturers", drop="Authorization")
    assert stand_in.used() == {}
