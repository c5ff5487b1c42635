"""The plan of a push, and a push that obeys it."""

import pytest

from common.errors import NotFound
from common.interface.plans import Plans, PlanView
from common.quotas import per_utc_day
from tests.integration.orders_commands.conftest import ADA, LATER, Orders, order, some
from tests.support.monday_account import AUTUMN, SPRING


def plan(orders: Orders) -> PlanView:
    return Plans(orders.services, ADA).plan("orders")


def test_without_anything_to_count_it_says_how_to_get_it(orders: Orders) -> None:
    with pytest.raises(NotFound, match="shelfline run orders --mode TEST"):
        plan(orders)


def test_a_flow_without_a_budget_has_no_plan(orders: Orders) -> None:
    with pytest.raises(NotFound, match="no plan"):
        Plans(orders.services, ADA).plan("parts")


def test_it_counts_what_a_trial_would_push_by_board(orders: Orders) -> None:
    orders.source(*some(30))
    run = orders.run({"mode": "TEST"})
    found = plan(orders)
    assert (found.source.kind, found.source.run_id, found.source.is_outdated) == ("test_run", run, False)
    assert (found.work.creates, found.work.lines, found.work.groups) == (30, 60, 2)
    assert {board.board: board.creates for board in found.boards} == {SPRING: 10, AUTUMN: 20}
    assert found.used_today == 0
    assert [each.plan for each in found.plans if each.is_own] == ["pro"]
    assert {each.plan: each.verdict for each in found.plans}["free"] == "fits"


def test_the_push_takes_the_calls_of_the_plan_or_a_few_less(orders: Orders) -> None:
    orders.source(*some(130))
    orders.run({"mode": "TEST"})
    reckoned = plan(orders).calls
    before = orders.calls()
    orders.run()
    taken = orders.calls() - before
    assert reckoned * 0.7 <= taken <= reckoned


def test_changes_archives_and_lines_are_reckoned_as_they_are_pushed(orders: Orders) -> None:
    rows = [order(number) for number in range(60)]
    orders.source(*rows)
    orders.run()
    later = [order(n, NOTES="soon") for n in range(10)] + [
        order(n, {"S": 12, "M": 20}) for n in range(10, 20)
    ]
    later += [order(n, **LATER) for n in range(20, 25)] + rows[25:50]
    orders.source(*later)
    orders.run({"mode": "TEST"}, override_guard=True)
    found = plan(orders)
    assert (found.work.creates, found.work.updates, found.work.archives) == (0, 25, 10)
    assert (found.work.lines, found.work.groups) == (10, 1)
    before = orders.calls()
    orders.run(override_guard=True)
    taken = orders.calls() - before
    assert found.calls * 0.5 <= taken <= found.calls


def test_a_trial_that_was_overtaken_says_so(orders: Orders) -> None:
    orders.source(order(0))
    orders.run({"mode": "TEST"})
    orders.run()
    assert plan(orders).source.is_outdated


def test_what_is_staged_counts_before_any_trial(orders: Orders) -> None:
    orders.source(*some(4))
    orders.run({"mode": "TEST"})
    orders.run({"plan_most_days": 1, "monday_plan": "free"} | _used_up(orders))
    found = plan(orders)
    assert (found.source.kind, found.work.creates) == ("staged", 4)


def test_what_needs_too_many_days_waits_for_a_person(orders: Orders) -> None:
    orders.source(*some(4))
    run = orders.run({"plan_most_days": 1} | _used_up(orders))
    assert orders.reasons(run) == {("waiting", "does_not_fit"): 4}
    assert orders.staged(run) == {("create", "pending"): 4}
    assert orders.state(run) == "waiting"
    [told] = orders.events(run, "push_does_not_fit")
    assert (told["days"], told["most_days"], told["orders"], told["left_today"]) == (2, 1, 4, 0)
    assert orders.writes() == 0


def test_an_approval_lets_it_be_pushed_day_by_day(orders: Orders) -> None:
    orders.source(*some(4))
    run = orders.run({"plan_most_days": 1} | _used_up(orders))
    assert orders.approve(run, patience=86_400) == 4
    assert orders.reasons(run) == {("done", "pushed"): 4}
    assert orders.state(run) == "completed"
    assert orders.imbalance(run) is None
    assert len(orders.monday.items()) + len(orders.monday.items(AUTUMN)) == 4


def test_what_needs_a_day_more_is_stretched_and_that_is_told(orders: Orders) -> None:
    orders.source(*some(4))
    run = orders.run({"plan_most_days": 2} | _used_up(orders), patience=86_400)
    [told] = orders.events(run, "push_stretched")
    assert (told["days"], told["plan"]) == (2, "free")
    assert orders.reasons(run) == {("done", "pushed"): 4}


def test_what_fits_today_is_not_worth_a_word(orders: Orders) -> None:
    orders.source(*some(4))
    run = orders.run()
    assert orders.events(run, "push_stretched") == orders.events(run, "push_does_not_fit") == []


def test_a_rejected_push_ends_there(orders: Orders) -> None:
    orders.source(*some(2))
    run = orders.run({"plan_most_days": 1} | _used_up(orders))
    assert orders.reject(run) == 2
    assert orders.state(run) == "completed"
    assert orders.writes() == 0
    assert orders.imbalance(run) is None


def _used_up(orders: Orders) -> dict[str, str]:
    """Settings of an account of which nothing is left today."""
    orders.services.quotas.reserve("default", "monday", {"day": per_utc_day(1000)}, units=1000)
    return {"monday_plan": "free"}


def test_what_came_in_small_chunks_goes_to_a_board_in_whole_ones(orders: Orders) -> None:
    theirs = [order(n, CUSTOMER_NAME="HARBOR & PINE") for n in range(100, 112)]
    orders.source(*(row for pair in zip(some(12), theirs, strict=True) for row in pair))
    run = orders.run({"batch_size": 3})
    pushed = """
        select lane, count(*), max(cardinality(item_ids)) from chunks
        where run_id = %s and step = 'push' and kind = 'items' and first_claimed_at is not null group by 1 order by 1
    """
    lanes = [f"orders/monday/{board}" for board in (SPRING, AUTUMN)]
    assert [tuple(row) for row in orders.sql(pushed, run)] == [(lanes[0], 1, 16), (lanes[1], 1, 8)]
    assert orders.reasons(run) == {("done", "pushed"): 24}


def test_one_by_one_stays_one_by_one(orders: Orders) -> None:
    orders.source(*some(3))
    run = orders.run({"realtime_processing": True, "use_integrated": False})
    pushed = (
        "select max(cardinality(item_ids)) from chunks where run_id = %s and step = 'push' and kind = 'items'"
    )
    assert orders.one(pushed, run) == 1
