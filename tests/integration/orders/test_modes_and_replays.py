"""Runs that only try, that read again what an earlier one read, and that come while another is under way."""

from common.errors import Misconfigured
from tests.support.orders import OrdersPipeline, order

TEST = {"mode": "TEST"}
WRITTEN = (
    "snapshots",
    "orders",
    "order_lines",
    "effects",
    "sends",
    "quotas",
    "remote_objects",
    "manual_tasks",
)


def test_mode_test_writes_nowhere_and_says_what_it_would_do(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2", "ALDER (AU)"), order("JOO-3", **{"TOTAL QTY": "1"}))
    run = orders.run(TEST)
    assert orders.figures(run) == {"fetched": 3, "done": 1, "skipped": 1, "rejected": 1}
    assert orders.ends(run)["JOO-1"] == ("done", "would_push")
    assert orders.ends(run)["JOO-2"] == ("skipped", "would_ask_a_person")
    assert {table: orders.count(table) for table in WRITTEN} == dict.fromkeys(WRITTEN, 0)
    assert orders.monday.calls().get("calls", 0) == 0
    assert orders.report(run)["pushed"] == {"monday": 0}
    assert orders.report(run)["detail"]["would_push"] == {"create": 1}
    assert orders.state(run) == "completed"


def test_mode_test_tells_every_kind_of_change_and_leaves_them_for_a_real_run(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"), order("JOO-3"))
    orders.run()
    before, calls = orders.snapshots(), orders.monday.calls()["calls"]
    held = {table: orders.count(table) for table in WRITTEN}
    orders.source(order("JOO-1", NOTES="new"), order("JOO-3"), order("JOO-4"))
    tried = orders.run(TEST)
    assert orders.figures(tried) == {"fetched": 4, "done": 3, "skipped": 1}
    assert orders.report(tried)["detail"]["would_push"] == {"create": 1, "update": 1, "delete": 1}
    assert orders.snapshots() == before
    assert {table: orders.count(table) for table in WRITTEN} == held
    assert orders.monday.calls()["calls"] == calls
    real = orders.run()
    assert orders.operations(real) == orders.operations(tried)
    assert orders.figures(real) == {"fetched": 4, "done": 3, "skipped": 1}


def test_mode_test_does_not_stamp_under_a_new_version_of_the_columns(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", FABRIC="linen"))
    orders.run()
    before = orders.snapshots()
    columns = orders.one("select columns from hash_columns where version = 1")
    orders.adopt_columns(2, [name for name in columns if name != "FABRIC"])
    run = orders.run(TEST)
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    assert orders.snapshots() == before


def test_a_replay_reads_what_the_earlier_run_read_without_asking_the_warehouse(
    orders: OrdersPipeline,
) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    first = orders.run({"segment_rows": 1})
    orders.source(order("JOO-1", NOTES="later"))
    orders.run()
    asked = len(orders.warehouse.statements)
    orders.warehouse.execute("drop table orders", {})
    asked += 1
    run = orders.run(replay_of=first)
    assert len(orders.warehouse.statements) == asked
    assert orders.operations(run) == {"JOO-1": "changed", "JOO-2": "reappeared"}
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    (item,) = (
        item for item in orders.monday.items().values() if item["values"]["AAG ORDER NUMBER"] == "JOO-1"
    )
    assert item["values"].get("NOTES", "") == ""


def test_a_replay_of_objects_that_are_gone_says_so(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    first = orders.run()
    orders.objects.delete(f"orders/{first}/000000000000.csv")
    run = orders.run(replay_of=first)
    assert orders.state(run) == "failed"
    assert orders.error(run)["code"] == "replay_gone"
    assert orders.figures(run) == {}
    unknown = orders.run(replay_of="orders_of_yore")
    assert orders.error(unknown)["code"] == "nothing_to_replay"


def test_a_replay_of_a_filtered_run_takes_nothing_for_gone(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    orders.run()
    filtered = orders.run(limit=1)
    run = orders.run(replay_of=filtered)
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    assert len(orders.monday.items()) == 2


def test_a_run_that_did_not_come_to_the_end_of_its_source_is_not_replayed(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    orders.run()
    read = len(orders.warehouse.pages)

    def ends_after_one_page() -> None:
        if len(orders.warehouse.pages) > read:
            raise Misconfigured("The table orders is gone.")

    orders.warehouse.before_page = ends_after_one_page
    broken = orders.run({"segment_rows": 1})
    assert orders.state(broken) == "failed"
    run = orders.run(replay_of=broken)
    assert orders.error(run)["code"] == "nothing_to_replay"
    assert len(orders.monday.items()) == 2


def test_of_two_runs_at_once_the_second_waits_for_the_first(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    first, second = orders.begin(run_id="orders-first"), orders.begin(run_id="orders-second")
    orders.tasks.waiting.reverse()
    orders.deliver(orders.tasks.waiting.pop(0))
    assert orders.figures(second) == {}
    orders.drive(patience=60)
    for run in (first, second):
        orders.audit(run)
    assert orders.figures(first) == {"fetched": 2, "done": 2}
    assert orders.figures(second) == {"fetched": 2, "skipped": 2}
    assert set(orders.monday.keys().values()) == {1}
    assert orders.monday.calls()["create_item"] == 2


def test_a_run_that_waits_for_a_person_holds_no_other_back(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", "ALDER (AU)"))
    assert orders.state(orders.run()) == "waiting"
    orders.source(order("JOO-1", "ALDER (AU)"), order("JOO-2"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}


def test_what_was_read_is_forgotten_when_it_has_been_compared(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}
    assert orders.count("seen") == 0
