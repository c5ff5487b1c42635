"""Groups: found by their title, made once, and used by the id that monday.com gives them."""

from tests.integration.orders_push.held import holds_exactly
from tests.integration.orders_push.person import Person
from tests.support.orders import OrdersPipeline, order, orders_of

TITLE = "NORTHWIND SPRING SUMMER 2026"


def titles(orders: OrdersPipeline) -> list[str]:
    """The titles of the board's groups, without the one it began with."""
    return [group["title"] for group in orders.monday.board()["groups"] if group["id"] != "topics"]


def test_a_group_is_made_once_for_all_orders_of_all_chunks(orders: OrdersPipeline) -> None:
    rows = [*orders_of("NORTHWIND", 25), *(order(f"H-{n}", "HARBOR & PINE") for n in range(3))]
    orders.source(*rows)
    orders.run({"order_push_items": 10})
    assert sorted(titles(orders)) == ["HARBOR & PINE SPRING SUMMER 2026", TITLE]
    assert orders.monday.calls()["create_group"] == 2
    assert holds_exactly(orders, rows)


def test_a_group_of_that_title_is_used_whatever_its_id(orders: OrdersPipeline, person: Person) -> None:
    item = person.create("somebody's", {})
    person.sort_into(item, f"  NORTHWIND  {TITLE.removeprefix('NORTHWIND ')} ".strip())
    orders.source(order())
    orders.run()
    assert orders.monday.calls()["create_group"] == 1  # the person's
    assert len(titles(orders)) == 1


def test_a_group_that_cannot_be_made_is_asked_about_and_others_go_on(orders: OrdersPipeline) -> None:
    harbor = [order(f"H-{number}", "HARBOR & PINE") for number in range(3)]
    orders.source(order("JOO-1"), order("JOO-2"), *harbor)
    orders.monday.plant(
        "monday.field",
        "refuse",
        match={"field": "create_group", "alias": "m0"},
        code="InvalidArgumentException",
        message="Group name is reserved",
        status_code=200,
    )
    run = orders.run()
    ends = orders.ends(run)
    refused = [number for number, end in ends.items() if end == ("manual", "no_group")]
    assert len(refused) in (2, 3)
    assert len(ends) - len(refused) == orders.figures(run)["done"]
    error = orders.one("select min(error) from manual_tasks")
    assert "2001001" in error
    assert "Group name is reserved" in error
    orders.answer_tasks(run)
    assert holds_exactly(orders, [order("JOO-1"), order("JOO-2"), *harbor])


def test_an_order_that_lost_the_groups_answer_leaves_the_group_to_the_others(
    orders: OrdersPipeline, person: Person
) -> None:
    """The group was made for the first order; before its answer is known, that order stops being written."""
    rows = orders_of("NORTHWIND", 3)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "created_but_500", match={"field": "create_group"})
    orders.run()
    assert orders.monday.calls()["create_group"] == 1
    assert titles(orders) == [TITLE]
    assert holds_exactly(orders, rows)
