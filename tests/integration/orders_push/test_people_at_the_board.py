"""What people do at a board: what is ours is not overwritten unseen, and what is theirs is not touched."""

from collections.abc import Mapping
from typing import Any

from tests.integration.orders_push.held import holds_exactly
from tests.integration.orders_push.person import Person
from tests.support.orders import OrdersPipeline, Row, item_name, order, orders_of

LINES = "2001011"


def shown(orders: OrdersPipeline, row: Row) -> Mapping[str, Any]:
    """The item of an order."""
    return orders.monday.items()[item_name(row)]


def pushed(orders: OrdersPipeline, row: Row) -> str:
    """The id of the item, after a first run has made it."""
    orders.source(row)
    orders.run()
    return str(shown(orders, row)["id"])


def in_conflict(orders: OrdersPipeline, row: Row) -> tuple[str, Mapping[str, Any]]:
    """A run that pushes this row and finds the board changed; the run, and the change that waits for a person."""
    orders.source(row)
    run = orders.run()
    assert orders.ends(run) == {row["AAG ORDER NUMBER"]: ("waiting", "conflict")}
    (change,) = orders.changes(run)
    assert change["state"] == "pending"
    return run, change


def test_a_value_that_a_person_has_changed_is_reviewed_against_what_the_board_holds(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order(NOTES="as agreed"))
    person.write(item, CUSTOMER_PRICE="19.90")
    wanted = order(NOTES="two cartons", **{"CUSTOMER PRICE": "15"})
    run, change = in_conflict(orders, wanted)
    assert change["before"]["values"]["CUSTOMER PRICE"] == "19.9"
    assert shown(orders, wanted)["values"]["CUSTOMER PRICE"] == "19.90"
    assert shown(orders, wanted)["values"]["NOTES"] == "as agreed"
    assert orders.approve(run) == 1
    assert shown(orders, wanted)["values"]["CUSTOMER PRICE"] == "15"
    assert shown(orders, wanted)["values"]["NOTES"] == "two cartons"
    assert orders.figures(run) == {"fetched": 1, "done": 1}


def test_a_rejected_conflict_leaves_the_board_as_the_person_wants_it(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.write(item, CUSTOMER_PRICE="19.90")
    run, _ = in_conflict(orders, order(**{"CUSTOMER PRICE": "15"}))
    orders.reject(run)
    assert shown(orders, order())["values"]["CUSTOMER PRICE"] == "19.90"


def test_who_edits_again_after_the_review_is_asked_again(orders: OrdersPipeline, person: Person) -> None:
    item = pushed(orders, order())
    person.write(item, CUSTOMER_PRICE="19.90")
    run, _ = in_conflict(orders, order(**{"CUSTOMER PRICE": "15"}))
    person.write(item, CUSTOMER_PRICE="21")
    orders.approve(run)
    (change,) = orders.changes(run)
    assert (change["state"], change["before"]["values"]["CUSTOMER PRICE"]) == ("pending", "21")
    orders.approve(run)
    assert shown(orders, order())["values"]["CUSTOMER PRICE"] == "15"


def test_a_person_who_was_faster_and_wrote_the_same_is_no_conflict(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.write(item, CUSTOMER_PRICE="15.00")
    orders.source(order(**{"CUSTOMER PRICE": "15"}))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}


def test_an_archived_item_is_asked_about_and_made_anew_when_approved(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.archive(item)
    wanted = order(NOTES="two cartons")
    run, change = in_conflict(orders, wanted)
    assert change["before"] is None
    assert orders.monday.items() == {}
    orders.approve(run)
    assert holds_exactly(orders, [wanted])
    assert shown(orders, wanted)["id"] != item
    assert orders.figures(run) == {"fetched": 1, "done": 1}


def test_an_archived_line_is_asked_about_and_made_anew_when_approved(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.archive(person.line(item, "S"))
    wanted = order(NOTES="two cartons")
    run, change = in_conflict(orders, wanted)
    assert change["before"]["lines"] == {"M": 30}
    orders.approve(run)
    assert holds_exactly(orders, [wanted])


def test_a_line_that_the_order_leaves_as_it_was_is_set_back_when_approved(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.write(person.line(item, "M"), LINES, ORDER_QTY="99")
    wanted = order(NOTES="two cartons")
    run, change = in_conflict(orders, wanted)
    assert change["before"]["lines"] == {"S": 12, "M": 99}
    orders.approve(run)
    assert holds_exactly(orders, [wanted])


def test_a_quantity_that_is_no_whole_number_is_shown_as_it_stands(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    person.write(person.line(item, "M"), LINES, ORDER_QTY="-2.5")
    _, change = in_conflict(orders, order(NOTES="two cartons"))
    assert change["before"]["lines"] == {"S": 12, "M": "-2.5"}


def test_a_deletion_of_what_a_person_has_changed_is_asked_about(
    orders: OrdersPipeline, person: Person
) -> None:
    other = order("JOO-2")
    orders.source(order("JOO-1"), other)
    orders.run()
    person.write(shown(orders, order("JOO-1"))["id"], CUSTOMER_PRICE="19.90")
    orders.source(other)
    run = orders.run()
    assert orders.ends(run) == {"JOO-1": ("waiting", "conflict")}
    assert len(orders.monday.items()) == 2
    orders.approve(run)
    assert holds_exactly(orders, [other])


def test_an_item_that_a_person_has_archived_need_not_be_deleted(
    orders: OrdersPipeline, person: Person
) -> None:
    other = order("JOO-2")
    orders.source(order("JOO-1"), other)
    orders.run()
    person.archive(shown(orders, order("JOO-1"))["id"])
    orders.source(other)
    run = orders.run()
    assert orders.ends(run) == {"JOO-1": ("done", "already_gone")}
    orders.source(order("JOO-1"), other)
    orders.run()
    assert holds_exactly(orders, [order("JOO-1"), other])


def test_received_and_shipped_are_written_once_and_belong_to_people_from_then_on(
    orders: OrdersPipeline, person: Person
) -> None:
    item = pushed(orders, order())
    line = person.line(item, "S")
    person.write(line, LINES, RECEIVED_QTY="10", SHIPPED_QTY="4")
    wanted = order(sizes={"S": 20, "M": 30})
    orders.source(wanted)
    orders.run()
    (held,) = (each for each in orders.monday.board(LINES)["items"] if each["id"] == line)
    assert {name: held["values"][name] for name in ("ORDER QTY", "RECEIVED QTY", "SHIPPED QTY")} == {
        "ORDER QTY": "20",
        "RECEIVED QTY": "10",
        "SHIPPED QTY": "4",
    }
    (other,) = (each for each in orders.monday.board(LINES)["items"] if each["name"] == "Size M")
    assert other["values"]["RECEIVED QTY"] == "0"


def test_where_people_sort_an_item_to_it_stays(orders: OrdersPipeline, person: Person) -> None:
    item = pushed(orders, order())
    person.sort_into(item, "Shipped in March")
    person.write(item, CUSTOMER_PRICE="19.90")
    run, _ = in_conflict(orders, order(NOTES="two cartons"))
    orders.approve(run)
    assert shown(orders, order())["group"] == "Shipped in March"
    assert shown(orders, order())["values"]["CUSTOMER PRICE"] == "14.5"


def test_an_order_whose_own_group_changes_is_moved(orders: OrdersPipeline) -> None:
    pushed(orders, order())
    moved = order(**{"CUSTOMER SEASON": "SPRING SUMMER 2026 LATE"})
    orders.source(moved)
    orders.run()
    assert shown(orders, moved)["group"] == "NORTHWIND SPRING SUMMER 2026 LATE"
    assert holds_exactly(orders, [moved])


def test_an_item_that_bears_our_key_already_is_taken_over(orders: OrdersPipeline, person: Person) -> None:
    """Everything we knew is lost: the boards hold what an earlier installation has made."""
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.run()
    items = {name: item["id"] for name, item in orders.monday.items().items()}
    orders.sql(
        "truncate snapshots, remote_objects, effects, sends, orders, order_lines, order_staging, staged_changes"
    )
    made = orders.monday.calls()["create_item"]
    run = orders.run()
    assert orders.figures(run) == {"fetched": 5, "done": 5}
    assert orders.monday.calls()["create_item"] == made
    assert {name: item["id"] for name, item in orders.monday.items().items()} == items
    assert holds_exactly(orders, rows)


def test_of_an_item_that_a_person_has_copied_the_first_is_ours(
    orders: OrdersPipeline, person: Person
) -> None:
    first = pushed(orders, order())
    key = shown(orders, order())["values"]["SOURCE UUID"]
    copy = person.create("a copy", {"SOURCE UUID": key})
    orders.sql("truncate snapshots, remote_objects, effects, sends, orders, order_lines, order_staging")
    wanted = order(NOTES="two cartons")
    orders.source(wanted)
    orders.run()
    notes = {
        each["id"]: each["values"].get("NOTES")
        for each in orders.monday.board()["items"]
        if each["state"] == "active"
    }
    assert notes == {first: "two cartons", copy: None}
