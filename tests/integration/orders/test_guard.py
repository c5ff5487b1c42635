"""A source that has gone wrong must not empty a board: a mass change waits for a person, or for an override."""

from typing import Any

import pytest

from tests.support.orders import OrdersPipeline, Row, orders_of


def _changed(rows: list[Row], count: int) -> list[Row]:
    return [{**row, "NOTES": "changed"} for row in rows[:count]] + rows[count:]


def _standing(orders: OrdersPipeline, count: int) -> list[Row]:
    """So many orders of one customer that are known to stand on the board, without pushing each."""
    rows = orders_of("NORTHWIND", count)
    orders.source(*rows)
    orders.run()
    return rows


@pytest.mark.parametrize(("touched", "guarded"), [(10, False), (11, True)])
def test_up_to_ten_orders_of_a_customer_always_pass(
    orders: OrdersPipeline, touched: int, guarded: bool
) -> None:
    rows = _standing(orders, 12)
    orders.source(*_changed(rows, touched))
    run = orders.run()
    assert orders.scope(run)["guarded"] is guarded
    ended = {"waiting": touched} if guarded else {"done": touched}
    assert orders.figures(run) == {"fetched": 12, "skipped": 12 - touched, **ended}


def test_deleted_orders_count_as_much_as_changed_ones(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 12)
    orders.source(*_changed(rows[:6], 5))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 12, "waiting": 11, "skipped": 1}
    assert len(orders.monday.items()) == 12
    assert orders.state(run) == "waiting"
    (event,) = orders.events(run, "mass_change_held")
    assert (event["scope"], event["deleted"], event["changed"]) == ("NORTHWIND", 6, 5)
    assert orders.report(run)["detail"]["mass_change"] == {"NORTHWIND": "held"}


def test_new_orders_are_no_mass_change(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 1)
    orders.source(*rows, *orders_of("NORTHWIND", 30)[1:])
    run = orders.run()
    assert orders.figures(run) == {"fetched": 30, "done": 29, "skipped": 1}


def test_another_customers_orders_go_on(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 12)
    orders.source(*_changed(rows, 11), *orders_of("HARBOR & PINE", 1))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 13, "waiting": 11, "done": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("settings", "touched", "guarded"),
    [
        ({"mass_change_rows": 2}, 3, True),
        ({"mass_change_rows": 3}, 3, False),
        ({"mass_change_rows": 0, "mass_change_share": 0.5}, 2, False),
        ({"mass_change_rows": 0, "mass_change_share": 0.49}, 2, True),
        ({"mass_change_rows": 0, "mass_change_share": 1.0}, 4, False),
    ],
)
def test_the_limits_are_settings(
    orders: OrdersPipeline, settings: dict[str, Any], touched: int, guarded: bool
) -> None:
    rows = _standing(orders, 4)
    orders.source(*_changed(rows, touched))
    run = orders.run(settings)
    assert orders.scope(run)["guarded"] is guarded
    assert orders.figures(run)["waiting" if guarded else "done"] == touched


def test_an_override_lets_one_run_pass_and_is_recorded(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 12)
    orders.source(*_changed(rows, 11))
    run = orders.run(by="ada", override_guard=True)
    assert orders.figures(run) == {"fetched": 12, "done": 11, "skipped": 1}
    scope = orders.scope(run)
    assert (scope["guarded"], scope["overridden_by"]) == (False, "ada")
    (event,) = orders.events(run, "mass_change_overridden")
    assert event["overridden_by"] == "ada"
    assert orders.report(run)["detail"]["mass_change"] == {"NORTHWIND": "let pass by ada"}
    orders.source(*rows)
    assert orders.scope(orders.run())["guarded"]


def test_an_override_that_nothing_needed_is_not_recorded(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 2)
    orders.source(*_changed(rows, 1))
    run = orders.run(override_guard=True)
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    assert "overridden_by" not in orders.scope(run)
    assert orders.events(run, "mass_change_overridden") == []


def test_what_was_held_back_is_pushed_once_a_person_approves_it(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 12)
    orders.source(*_changed(rows[:6], 5))
    run = orders.run()
    assert orders.approve(run) == 11
    assert orders.figures(run) == {"fetched": 12, "done": 11, "skipped": 1}
    assert orders.state(run) == "completed"
    notes = [item["values"].get("NOTES", "") for item in orders.monday.items().values()]
    assert sorted(notes) == ["", *["changed"] * 5]
    assert orders.figures(orders.run()) == {"fetched": 6, "skipped": 6}


def test_what_a_person_rejects_is_not_pushed(orders: OrdersPipeline) -> None:
    rows = _standing(orders, 12)
    before = orders.snapshots()
    orders.source(*_changed(rows, 11))
    run = orders.run()
    mutations = orders.monday.calls()["mutations"]
    assert orders.reject(run) == 11
    assert orders.figures(run) == {"fetched": 12, "rejected": 11, "skipped": 1}
    assert orders.state(run) == "completed"
    assert orders.monday.calls()["mutations"] == mutations
    assert orders.snapshots() == before
    orders.run()  # finds the same again, and ends what waits for nothing any more
    batches = "select status, ended_at is not null, succeeded, failed from order_batches where run_id = %s"
    assert orders.sql(batches, run) == [("COMPLETED", True, 0, 0)]


@pytest.mark.parametrize("recognised", [False, True])
def test_changes_that_the_source_takes_back_wait_no_longer(orders: OrdersPipeline, recognised: bool) -> None:
    """Approved afterwards, they would put on the board what nobody says any more."""
    rows = _standing(orders, 12)
    if recognised:
        orders.run()
    orders.source(*_changed(rows, 11))
    held = orders.run()
    assert orders.figures(held) == {"fetched": 12, "waiting": 11, "skipped": 1}
    orders.source(*rows)
    assert orders.figures(orders.run()) == {"fetched": 12, "skipped": 12}
    assert {change["state"] for change in orders.changes(held)} == {"superseded"}
    assert orders.figures(held) == {"fetched": 12, "skipped": 12}
    assert orders.state(held) == "completed"
