"""How many of the day's calls a push takes."""

from tests.integration.orders_push.held import holds_exactly
from tests.support.orders import OrdersPipeline, Row, order


def sized(number: int) -> Row:
    """An order with one to five lines."""
    sizes = dict(list({"XS": 1, "S": 2, "M": 3, "L": 4, "XL": 5}.items())[: 1 + number % 5])
    return order(f"JOO-{1000 + number}", sizes=sizes)


def counted(orders: OrdersPipeline) -> dict[str, int]:
    """Calls so far, by what they ask."""
    calls = orders.monday.calls()
    return {
        name: calls.get(name, 0) for name in ("mutations", "queries", "items_page_by_column_values", "items")
    }


def test_items_and_lines_travel_twenty_a_call_and_questions_a_hundred_keys_a_call(
    orders: OrdersPipeline,
) -> None:
    rows = [sized(number) for number in range(100)]
    lines = sum(1 + number % 5 for number in range(100))
    orders.source(*rows)
    orders.run()
    assert holds_exactly(orders, rows)
    calls = counted(orders)
    assert calls["mutations"] == 1 + 100 / 20 + lines / 20  # the group, the items, the lines
    assert calls["items_page_by_column_values"] == 1
    assert calls["items"] == 0


def test_changed_orders_take_one_question_and_full_calls(orders: OrdersPipeline) -> None:
    rows = [sized(number) for number in range(100)]
    orders.source(*rows)
    orders.run()
    before = counted(orders)
    orders.advance(3600)  # the complexity of a minute was nearly used up
    changed = [{**row, "NOTES": "two cartons"} for row in rows]
    orders.source(*changed)
    orders.run(override_guard=True)
    after = counted(orders)
    assert after["mutations"] - before["mutations"] == 5
    assert after["items"] - before["items"] == 1
    assert after["items_page_by_column_values"] == before["items_page_by_column_values"]


def test_a_change_of_lines_alone_does_not_write_the_item(orders: OrdersPipeline) -> None:
    orders.source(order(sizes={"S": 12, "M": 30}))
    orders.run()
    orders.source(order(sizes={"S": 30, "M": 12}))
    orders.run()
    calls = orders.monday.calls()
    assert calls["change_multiple_column_values"] == 2
    assert calls["mutations"] == 1 + 1 + 1 + 1  # group, item, its two lines, their change


def test_the_setting_of_mutations_a_call_binds(orders: OrdersPipeline) -> None:
    rows = [order(f"JOO-{number}", sizes={"M": 3}) for number in range(9)]
    orders.source(*rows)
    orders.run({"monday_mutations_per_call": 4})
    assert counted(orders)["mutations"] == 1 + 3 + 3
    assert holds_exactly(orders, rows)


def test_the_setting_of_orders_a_chunk_binds(orders: OrdersPipeline) -> None:
    rows = [order(f"JOO-{number}", sizes={"M": 3}) for number in range(9)]
    orders.source(*rows)
    run = orders.run({"order_push_items": 3})
    assert sizes_of_chunks(orders, run) == [3, 3, 3, 0]  # the last promotes


def test_orders_that_were_decided_apart_are_pushed_together(orders: OrdersPipeline) -> None:
    """Chunks of other steps are smaller; behind the barrier before the push they are joined as far as the setting allows."""
    rows = [order(f"JOO-{number}", sizes={"M": 3}) for number in range(9)]
    orders.source(*rows)
    run = orders.run({"batch_size": 2, "order_push_items": 8})
    assert sizes_of_chunks(orders, run) == [8, 1, 0]  # the last promotes


def sizes_of_chunks(orders: OrdersPipeline, run: str) -> list[int]:
    """Orders of each chunk that was pushed."""
    sizes = orders.sql(
        "select cardinality(item_ids) from chunks where run_id = %s and step = 'push' and first_claimed_at is not null order by id",
        run,
    )
    return [size for (size,) in sizes]


def test_the_time_that_a_search_may_lag_binds(orders: OrdersPipeline) -> None:
    orders.source(order())
    orders.run({"monday_settle_seconds": 500})
    lasts = orders.one("select extract(epoch from deadline - sent_at) from effects where part = 'item'")
    assert 560 <= lasts <= 570
