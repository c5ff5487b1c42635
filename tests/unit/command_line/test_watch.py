"""When following a run looks again, moves the clock, or stops."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.command_line.watch import Jump, Look, Move, Rules, Stop, Watch, Why
from tests.unit.command_line.fake_api import START, a_run, quiet, working

MAY_JUMP = Rules(move_clock=True)
REAL_TIME = Rules(move_clock=False)
PATIENT_FOR_TWO_MINUTES = Rules(move_clock=False, patience=timedelta(minutes=2))


def moves(rules: Rules, *runs: dict[str, Any], now: datetime = START) -> list[Move]:
    watch, made = Watch(rules), []
    for run in runs:
        watch, move = watch.look(run, now)
        made.append(move)
    return made


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_an_ended_run_ends_following(state: str) -> None:
    assert moves(MAY_JUMP, a_run(state=state)) == [Stop(Why.ENDED)]


def test_a_run_that_only_people_hold_ends_following() -> None:
    assert moves(MAY_JUMP, a_run(state="waiting")) == [Stop(Why.PEOPLE)]


@pytest.mark.parametrize("state", ["pending", "running", "cancelling"])
def test_a_run_at_work_is_looked_at_again(state: str) -> None:
    assert moves(MAY_JUMP, working() | {"state": state}) == [Look(0.5)]


def test_the_clock_moves_only_when_the_same_quiet_picture_was_seen_twice() -> None:
    until = START + timedelta(seconds=58)
    assert moves(MAY_JUMP, quiet(until), quiet(until)) == [Look(0.5), Jump(until, 58.0)]


def test_a_jump_may_go_a_little_further_where_a_limit_opens_bit_by_bit() -> None:
    until = START + timedelta(seconds=58)
    rules = Rules(move_clock=True, beyond=timedelta(seconds=5))
    assert moves(rules, quiet(until), quiet(until))[-1] == Jump(until + timedelta(seconds=5), 63.0)


def test_figures_that_change_between_two_looks_are_work() -> None:
    until = START + timedelta(seconds=58)
    moved_on = quiet(until)
    moved_on["figures"] = moved_on["figures"] | {"done": 5}
    assert moves(MAY_JUMP, quiet(until), moved_on) == [Look(0.5), Look(0.5)]


def test_work_between_two_quiet_looks_starts_the_count_anew() -> None:
    until = START + timedelta(seconds=58)
    assert all(isinstance(each, Look) for each in moves(MAY_JUMP, quiet(until), working(), quiet(until)))


def test_the_clock_moves_to_the_first_of_several_moments() -> None:
    first, later = START + timedelta(seconds=30), START + timedelta(hours=9)
    run = quiet(later)
    run["waiting_for"]["lanes"] += quiet(first)["waiting_for"]["lanes"]
    assert moves(MAY_JUMP, run, run)[-1] == Jump(first, 30.0)


def test_a_lane_without_a_time_forbids_a_jump() -> None:
    run = quiet(START + timedelta(seconds=30))
    run["waiting_for"]["lanes"].append({"lane": "parts/hash", "reason": "paused", "until": None})
    assert moves(MAY_JUMP, run, run)[-1] == Look(0.5)


def test_a_run_that_works_beside_a_closed_lane_forbids_a_jump() -> None:
    run = quiet(START + timedelta(seconds=30)) | {"view": "working"}
    assert moves(MAY_JUMP, run, run)[-1] == Look(0.5)


def test_a_moment_that_has_come_is_no_reason_to_jump() -> None:
    assert moves(MAY_JUMP, *[quiet(START)] * 2)[-1] == Look(0.5)


def test_real_time_is_waited_out_without_a_bound() -> None:
    assert moves(REAL_TIME, *[quiet(START + timedelta(hours=9))] * 2)[-1] == Look(0.5)


@pytest.mark.parametrize(("seconds", "stops"), [(119, False), (120, False), (121, True)])
def test_a_deployment_is_left_when_the_wait_is_longer_than_our_patience(seconds: int, stops: bool) -> None:
    until = START + timedelta(seconds=seconds)
    last = moves(PATIENT_FOR_TWO_MINUTES, quiet(until), quiet(until))[-1]
    assert last == (Stop(Why.QUOTA, until) if stops else Look(0.5))


@pytest.mark.parametrize("until", ["soon", "2030-01-01T00:00:00", 17, None])
def test_a_time_that_cannot_be_read_is_no_time(until: Any) -> None:
    run = quiet(START)
    run["waiting_for"]["lanes"][0]["until"] = until
    assert moves(MAY_JUMP, run, run)[-1] == Look(0.5)


runs = st.one_of(
    st.just(working()),
    st.just(a_run()),
    st.just(a_run(state="waiting")),
    st.integers(-100, 100_000).map(lambda seconds: quiet(START + timedelta(seconds=seconds))),
)


@given(st.lists(runs, max_size=8), st.booleans())
def test_a_jump_always_follows_two_equal_quiet_looks_and_goes_ahead(seen: list[Any], may_move: bool) -> None:
    made = moves(Rules(move_clock=may_move), *seen)
    for index, move in enumerate(made):
        if isinstance(move, Jump):
            assert may_move
            assert index > 0
            assert seen[index] == seen[index - 1]
            assert move.to > START
