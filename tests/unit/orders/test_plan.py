"""What a push takes of an account, at its edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.push.monday import costs
from functions.push.monday.crossover import crossover
from functions.push.monday.limits import PLANS
from functions.push.orders.plan import Cost, Pace, Work, boards_of, days_needed, fit, total

PACE = Pace(chunk=500, at_once=20)


def work(**numbers: int) -> Work:
    return Work(board="1", group="NORTHWIND 2026", **numbers)


def calls(*some: Work) -> int:
    return total(boards_of(some, {}, PACE)).calls


@pytest.mark.parametrize(
    ("wanted", "left", "days"),
    [(0, 0, 0), (1, 1, 1), (1, 0, 2), (100, 100, 1), (101, 100, 2), (1100, 100, 2), (1101, 100, 3)],
)
def test_days_are_counted_from_what_is_left_of_today(wanted: int, left: int, days: int) -> None:
    assert days_needed(wanted, 1000, left) == days


@pytest.mark.parametrize(
    ("wanted", "most", "verdict"),
    [(10_000, 1, "fits"), (10_001, 2, "stretched"), (10_001, 1, "refused"), (30_000, 3, "stretched")],
)
def test_a_push_fits_is_stretched_or_refused(wanted: int, most: int, verdict: str) -> None:
    found = fit(Cost(calls=wanted), PLANS["pro"], used_today=0, most_days=most)
    assert found.verdict == verdict


def test_what_today_has_used_already_is_not_there_again() -> None:
    found = fit(Cost(calls=10_000), PLANS["pro"], used_today=0.1, most_days=9)
    assert (found.left_today, found.days, found.verdict) == (9_999, 2, "stretched")
    assert fit(Cost(calls=1), PLANS["pro"], used_today=99_999, most_days=9).left_today == 0


def test_nothing_to_do_needs_no_day() -> None:
    found = fit(Cost(), PLANS["free"], used_today=1000, most_days=1)
    assert (found.days, found.minutes, found.verdict) == (0, 0, "fits")
    assert calls() == 0


def test_the_points_of_a_minute_bind_where_calls_do_not() -> None:
    points = Cost(calls=10, write_points=10 * PLANS["free"].writes)
    assert fit(points, PLANS["free"], used_today=0, most_days=1).minutes == 10
    assert fit(Cost(calls=1001), PLANS["standard"], used_today=0, most_days=9).minutes == 2


def test_twenty_orders_are_written_by_one_call_and_their_lines_by_as_few() -> None:
    few = calls(work(creates=20))
    assert few == 2 + 1 + 1  # the board and its subitems' board, one search, one request of 20
    assert calls(work(creates=20, lines=40)) == few + 2
    assert calls(work(creates=21)) == few + 1


def test_a_new_group_costs_its_request_and_reading_the_board_again() -> None:
    there = calls(work(creates=1))
    assert calls(Work(board="1", group="A 1", creates=1, is_new_group=True)) == there + 3


def test_updates_are_read_not_searched_and_lines_alone_write_no_item() -> None:
    assert calls(work(updates=5, changes=5)) == 2 + 1 + 1
    assert calls(work(updates=5, lines=5)) == 2 + 1 + 1
    assert calls(work(archives=5)) == 2 + 1 + 1


def test_from_the_crossover_on_items_are_imported_and_lines_are_not() -> None:
    few, many = (total(boards_of([work(creates=n)], {}, PACE)) for n in (crossover() - 1, 2 * crossover()))
    assert (few.imported, many.imported) == (0, 2 * crossover())
    assert many.write_points == 0
    with_lines = total(boards_of([work(creates=2 * crossover(), lines=20)], {}, PACE))
    assert with_lines.write_points == 20 * costs.MUTATION
    assert with_lines.calls > many.calls


def test_imports_of_more_than_an_hours_allowance_take_hours() -> None:
    cost = total(boards_of([work(creates=20_000)], {}, PACE))
    assert fit(cost, PLANS["enterprise"], used_today=0, most_days=1).minutes == 60


def test_boards_share_the_account_and_are_told_apart() -> None:
    two = [work(creates=1), Work(board="2", group="g", creates=2)]
    plans = boards_of(two, {}, PACE)
    assert [plan.board for plan in plans] == ["1", "2"]
    assert total(plans).calls == sum(plan.cost.calls for plan in plans)


@pytest.mark.parametrize(("held", "room", "refused"), [(9_998, 2, 0), (9_999, 1, 1), (10_005, 0, 2)])
def test_what_a_board_has_no_room_for_is_refused(held: int, room: int, refused: int) -> None:
    [plan] = boards_of([work(creates=2)], {"1": held}, PACE)
    assert (plan.room, plan.refused) == (room, refused)


_NUMBERS = st.integers(0, 3000)


@given(_NUMBERS, _NUMBERS, _NUMBERS)
def test_more_to_do_never_takes_fewer_calls(updates: int, archives: int, lines: int) -> None:
    one = calls(work(updates=updates, changes=updates, archives=archives, lines=lines))
    more = calls(work(updates=updates + 1, changes=updates + 1, archives=archives, lines=lines))
    assert more >= one
    assert calls(work(updates=updates, changes=updates, archives=archives, lines=lines + 1)) >= one or not (
        updates + archives
    )
