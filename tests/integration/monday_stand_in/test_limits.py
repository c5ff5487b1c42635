"""The limits of a plan, in the time of the shared clock, and what an answer says of them."""

from typing import Any

import pytest
import requests

from infra.local.vendors.monday.plans import PLANS
from tests.integration.monday_stand_in.boards import BOARD, CREATE, many
from tests.integration.monday_stand_in.conftest import StandIn, Start

ME = "{ me { id } }"
MIDNIGHT = 86_400


def limited(response: requests.Response, code: str) -> int:
    """The wait that a 429 of this code names, the same in all three places."""
    assert response.status_code == 429
    body: Any = response.json()
    (error,) = body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["status_code"]) == (code, 429)
    wait = int(response.headers["Retry-After"])
    assert body["retry_in_seconds"] == error["extensions"]["retry_in_seconds"] == wait
    return wait


def test_every_answer_carries_the_policy_and_what_is_left(stand_in: StandIn) -> None:
    headers = stand_in.post(CREATE, {"board": BOARD, "name": "x"}).headers
    assert headers["RateLimit-Policy"] == (
        '"minuteRate";q=5000;w=60, "concurrency";q=250;qu="concurrent-requests", '
        '"complexityMinute";q=5000000;w=60;qu="content-bytes"'
    )
    rate, concurrency, complexity = headers["RateLimit"].split(", ")
    assert (rate, concurrency) == ('"minuteRate";r=4999', '"concurrency";r=250')
    name, left, seconds = complexity.split(";")
    assert name == '"complexityMinute"'
    assert 4_980_000 < int(left.removeprefix("r=")) < 4_990_001
    assert 1 <= int(seconds.removeprefix("t=")) <= 60


def test_a_refusal_carries_them_too(start: Start) -> None:
    headers = start(per_minute=1).post(ME, token="wrong").headers
    assert "RateLimit-Policy" in headers
    assert "RateLimit" in headers


@pytest.mark.parametrize(
    ("plan", "day", "minute", "concurrent"),
    [
        ("free", 1_000, 1_000, 40),
        ("standard", 1_000, 1_000, 40),
        ("pro", 10_000, 2_500, 100),
        ("enterprise", 25_000, 5_000, 250),
    ],
)
def test_each_plan_has_the_vendors_figures(plan: str, day: int, minute: int, concurrent: int) -> None:
    found = PLANS[plan]
    assert (found.per_day, found.per_minute, found.concurrent) == (day, minute, concurrent)


def test_the_minute_opens_with_the_first_call_and_lasts_sixty_seconds(start: Start) -> None:
    stand_in = start(per_minute=2)
    stand_in.data(ME)
    stand_in.pass_time(40)
    stand_in.data(ME)
    assert 1 <= limited(stand_in.post(ME), "MINUTE_RATE_LIMIT_EXCEEDED") <= 20
    stand_in.pass_time(20)
    stand_in.data(ME)


def test_the_day_ends_at_midnight_utc(start: Start) -> None:
    stand_in = start(per_day=2)
    stand_in.data(ME)
    stand_in.data(ME)
    wait = limited(stand_in.post(ME), "DAILY_LIMIT_EXCEEDED")
    assert wait == pytest.approx(MIDNIGHT - stand_in.clock.timestamp() % MIDNIGHT, abs=2)
    stand_in.pass_time(wait)
    stand_in.data(ME)


def test_a_failed_call_counts_and_one_refused_for_a_limit_counts_a_tenth(start: Start) -> None:
    stand_in = start(per_minute=2)
    stand_in.error(CREATE, {"board": "1", "name": "x"})
    stand_in.error("{ nothing }")
    for _ in range(3):
        limited(stand_in.post(ME), "MINUTE_RATE_LIMIT_EXCEEDED")
    assert stand_in.page("/_calls")["used"] == {"day": 2.3, "minute": 2}


def test_a_call_with_a_wrong_token_is_on_nobodys_account(stand_in: StandIn) -> None:
    stand_in.post(ME, token="wrong")
    assert stand_in.page("/_calls")["used"] == {"day": 0, "minute": 0}


def test_one_address_may_call_so_often_in_ten_seconds(start: Start) -> None:
    stand_in = start(ip_calls=1)
    stand_in.data(ME)
    assert 1 <= limited(stand_in.post(ME), "IP_RATE_LIMIT_EXCEEDED") <= 10
    stand_in.pass_time(10)
    stand_in.data(ME)


def test_creating_an_item_costs_about_ten_thousand_points(stand_in: StandIn) -> None:
    document, variables = many(20)
    with_complexity = document[:-1] + " complexity { before query after reset_in_x_seconds } }"
    spent = stand_in.data(with_complexity, variables)["complexity"]
    assert spent["query"] == pytest.approx(200_000, rel=0.01)
    assert (spent["before"], spent["after"]) == (5_000_000, 5_000_000 - spent["query"])
    assert 1 <= spent["reset_in_x_seconds"] <= 60


def test_reading_costs_more_the_longer_the_page(stand_in: StandIn) -> None:
    def price(limit: int) -> int:
        query = f"{{ boards(ids: [501]) {{ items_page(limit: {limit}) {{ items {{ id }} }} }} complexity {{ query }} }}"
        return int(stand_in.data(query)["complexity"]["query"])

    assert price(500) > 10 * price(25)


def test_a_call_over_the_budget_is_refused_with_status_200_and_the_wait_in_the_body(start: Start) -> None:
    stand_in = start(points=30_000)
    for _ in range(2):
        stand_in.create()
    response = stand_in.post(*many(2))
    assert response.status_code == 200
    assert "Retry-After" not in response.headers
    assert "data" not in response.json()
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert 1 <= error["extensions"]["retry_in_seconds"] <= 60
    assert len(stand_in.names()) == 2
    stand_in.pass_time(error["extensions"]["retry_in_seconds"])
    stand_in.data(*many(2))


def test_an_apps_token_has_a_budget_for_reads_and_one_for_writes(start: Start) -> None:
    stand_in = start(points=10_100)
    stand_in.create()
    assert stand_in.error(CREATE, {"board": BOARD, "name": "x"})
    stand_in.data(ME)
    left = stand_in.data("{ complexity { before } }")["complexity"]["before"]
    assert left > 10_000


def test_a_personal_token_has_one_budget_for_both(start: Start) -> None:
    stand_in = start(personal_token=True)
    stand_in.create()
    left = stand_in.data("{ complexity { before } }")["complexity"]["before"]
    assert 9_980_000 < left < 9_990_001


def test_one_query_may_not_cost_more_than_five_million_points(start: Start) -> None:
    stand_in = start(points=50_000_000)
    inner = "items { id subitems { id subitems { id subitems { id } } } }"
    error = stand_in.error(f"{{ boards(ids: [501]) {{ items_page(limit: 500) {{ {inner} }} }} }}")
    assert error["message"].endswith("exceeds max complexity of 5000000")


def test_counters_and_budgets_outlive_a_restart(start: Start) -> None:
    before = start(per_minute=2)
    before.data(ME)
    before.create()
    again = start(per_minute=2)
    limited(again.post(ME), "MINUTE_RATE_LIMIT_EXCEEDED")
    counted = again.page("/_calls")
    assert (counted["totals"]["calls"], counted["fields"]["create_item"]) == (3, 1)
    assert counted["rate_limited"] == {"MINUTE_RATE_LIMIT_EXCEEDED": 1}
