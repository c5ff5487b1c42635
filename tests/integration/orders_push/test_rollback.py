"""A run taken back: old values, archived and re-made items, and no second push of what was undone."""

from tests.integration.orders_push.held import holds_exactly
from tests.integration.orders_push.person import Person
from tests.support.orders import OrdersPipeline, item_name, order


def test_a_run_is_taken_back_and_stays_so_until_the_source_changes(orders: OrdersPipeline) -> None:
    kept, changed, deleted = order("JOO-1"), order("JOO-2", NOTES="as agreed"), order("JOO-3")
    orders.source(kept, changed, deleted)
    orders.run()
    new, later = order("JOO-4"), order("JOO-2", sizes={"M": 31, "L": 5}, **{"CUSTOMER PRICE": "15"})
    orders.source(kept, later, new)
    undone = orders.run()
    assert holds_exactly(orders, [kept, later, new])
    run = orders.run(rollback_of=undone)
    assert orders.figures(run) == {"fetched": 3, "done": 3}
    assert holds_exactly(orders, [kept, changed, deleted])
    values = orders.monday.items()[item_name(changed)]["values"]
    assert (values["CUSTOMER PRICE"], values["NOTES"]) == ("14.5", "as agreed")
    mutations = orders.monday.calls()["mutations"]
    ordinary = orders.run()
    assert orders.operations(ordinary) == {}
    assert orders.monday.calls()["mutations"] == mutations
    again = order("JOO-2", sizes={"M": 32}, **{"CUSTOMER PRICE": "16"})
    orders.source(kept, again, order("JOO-4", NOTES="at last"), order("JOO-3", NOTES="back"))
    orders.run()
    assert holds_exactly(orders, [kept, again, order("JOO-4", NOTES="at last"), order("JOO-3", NOTES="back")])


def test_what_a_person_has_changed_since_is_not_taken_back_unseen(
    orders: OrdersPipeline, person: Person
) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    undone = orders.run()
    person.write(orders.monday.items()[item_name(order("JOO-1"))]["id"], CUSTOMER_PRICE="19.90")
    run = orders.run(rollback_of=undone)
    assert orders.figures(run) == {"fetched": 2, "done": 1, "waiting": 1}
    assert holds_exactly(orders, [order("JOO-1")])
    orders.approve(run)
    assert orders.monday.items() == {}


def test_a_rollback_whose_worker_dies_ends_all_the_same(orders: OrdersPipeline) -> None:
    from tests.integration.orders_push.test_workers_that_die import dies_at

    rows = [order(f"JOO-{number}") for number in range(5)]
    orders.source(*rows)
    orders.run()
    changed = [order(f"JOO-{number}", NOTES="other") for number in range(3)]
    orders.source(*changed, order("JOO-9"))
    undone = orders.run(override_guard=True)
    orders.effects.before_settle = dies_at(1)
    run = orders.run(rollback_of=undone)
    assert orders.crashes == 1
    assert orders.figures(run) == {"fetched": 6, "done": 6}
    assert holds_exactly(orders, rows)


def test_a_rollback_can_be_taken_back_itself(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    orders.run()
    orders.source(order("JOO-1", **{"CUSTOMER PRICE": "15"}))
    first = orders.run()
    second = orders.run(rollback_of=first)
    orders.run(rollback_of=second)
    assert orders.monday.items()[item_name(order("JOO-1"))]["values"]["CUSTOMER PRICE"] == "15"
