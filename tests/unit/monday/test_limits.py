"""Plans, and what the headers and the field `complexity` say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from functions.push.monday.limits import (
    Complexity,
    Limit,
    complexity,
    limits,
    plan_named,
    seconds,
    whole_number,
)

POLICY = (
    '"minuteRate";q=5000;w=60, "concurrency";q=250;qu="concurrent-requests", '
    '"complexityMinute";q=5000000;w=60;qu="content-bytes"'
)
LEFT = '"minuteRate";r=4999, "concurrency";r=249, "complexityMinute";r=4950000;t=45'


def test_the_headers_of_an_answer_are_understood() -> None:
    assert limits({"RateLimit-Policy": POLICY, "RateLimit": LEFT}) == {
        "minuteRate": Limit(5000, 60, 4999, None),
        "concurrency": Limit(250, None, 249, None),
        "complexityMinute": Limit(5_000_000, 60, 4_950_000, 45),
    }


def test_either_header_may_be_missing() -> None:
    assert limits({"RateLimit": LEFT})["minuteRate"] == Limit(remaining=4999)
    assert limits({"RateLimit-Policy": POLICY})["minuteRate"] == Limit(5000, 60)
    assert limits({}) == {}


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_breaks_the_reading(policy: str, left: str) -> None:
    for limit in limits({"RateLimit-Policy": policy, "RateLimit": left}).values():
        assert limit.remaining is None or limit.remaining >= 0


def test_the_field_complexity_is_read_as_far_as_it_goes() -> None:
    said = {"before": 5_000_000, "query": 10_020, "after": 4_989_980, "reset_in_x_seconds": 60}
    assert complexity(said) == Complexity(10_020, 4_989_980, 60)
    assert complexity({"query": "x"}) == Complexity(None, None, None)
    assert complexity(None) is None


@pytest.mark.parametrize(
    ("name", "day", "minute", "concurrency"),
    [
        ("free", 1_000, 1_000, 40),
        ("Basic", 1_000, 1_000, 40),
        ("standard", 1_000, 1_000, 40),
        (" pro ", 10_000, 2_500, 100),
        ("ENTERPRISE", 25_000, 5_000, 250),
    ],
)
def test_the_limits_of_each_plan(name: str, day: int, minute: int, concurrency: int) -> None:
    plan = plan_named(name)
    assert (plan.calls_a_day, plan.calls_a_minute, plan.concurrency) == (day, minute, concurrency)


def test_an_unknown_plan_says_which_there_are() -> None:
    with pytest.raises(Misconfigured, match="free, basic, standard, pro, enterprise"):
        plan_named("gold")


@pytest.mark.parametrize("value", [True, None, "x", "", float("nan"), [], "1e3", "-1"])
def test_what_is_no_number_of_seconds_is_not_taken_for_one(value: object) -> None:
    assert seconds(value) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (3.9, 3), (-1, None), (float("inf"), None), (10**400, None), (True, None)],
)
def test_counts_are_whole_and_not_negative(value: object, number: int | None) -> None:
    assert whole_number(value) == number
