"""Many new orders of one group: their items come by one import, wherever a worker dies and whatever monday.com says."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions.push.monday.crossover import MOST_ROWS, route
from functions.push.monday.documents import MOST_MUTATIONS
from tests.integration.orders_push.held import all_pushed, holds_exactly
from tests.integration.orders_push.person import Person
from tests.integration.orders_push.test_workers_that_die import HOOKS, dies_at, settled_in_time
from tests.support.deaths import Place
from tests.support.orders import OrdersPipeline, Row, item_name, order

SMALL_CALLS: Mapping[str, Any] = {"monday_mutations_per_call": 2}
"""With such small calls an import is worth it for as few orders as these tests push."""


def enough(a_call: int = MOST_MUTATIONS) -> int:
    """Orders of one customer that go by import, and one that goes ahead and makes the label of the season."""
    return 1 + next(count for count in range(MOST_ROWS) if route(count, a_call=a_call).way == "import")


MANY = enough(SMALL_CALLS["monday_mutations_per_call"])


def many(count: int = MANY, **columns: str) -> list[Row]:
    """New orders of one group, of one line each."""
    return [order(f"JOO-{1000 + number}", sizes={"M": 3}, **columns) for number in range(count)]


def pushed(orders: OrdersPipeline, rows: list[Row], settings: Mapping[str, Any] = SMALL_CALLS) -> str:
    """A run over these rows."""
    orders.source(*rows)
    return orders.run(settings)


def test_they_take_one_import_and_fewer_calls_than_mutations(orders: OrdersPipeline) -> None:
    rows = many(enough())
    run = pushed(orders, rows, {})
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)
    calls = orders.monday.calls()
    assert calls["ingest_items"] == 1
    assert calls["create_item"] == 1
    assert calls["fetch_job_status"] <= 2
    values = orders.monday.items()[item_name(rows[-1])]["values"]
    assert (values["CUSTOMER PRICE"], values["CUSTOMER SEASON"]) == ("14.5", "SPRING SUMMER 2026")
    assert values["ORDER TYPE"] == "RECEIVED"


def test_below_the_crossover_and_by_a_setting_they_go_by_mutations(orders: OrdersPipeline) -> None:
    rows = many()
    pushed(orders, rows, {**SMALL_CALLS, "monday_import": "never"})
    assert "ingest_items" not in orders.monday.calls()
    few = many(10, **{"CUSTOMER STYLE": "OTHER"})
    orders.source(*rows, *few)
    orders.run(SMALL_CALLS, override_guard=True)
    assert "ingest_items" not in orders.monday.calls()
    assert holds_exactly(orders, [*rows, *few])


@pytest.mark.parametrize("hook", HOOKS)
def test_each_item_exists_once_wherever_a_worker_dies_around_the_ledger(
    orders: OrdersPipeline, hook: str
) -> None:
    """The import is the fourth request: group, first item, its line, import."""
    rows = many()
    setattr(orders.effects, hook, dies_at(4))
    run = pushed(orders, rows)
    assert orders.crashes == 1
    assert orders.monday.calls()["ingest_items"] == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


@pytest.mark.parametrize("which", ["before_call", "after_call"])
@pytest.mark.parametrize("what", ["ingest_items", "PUT", "fetch_job_status"])
def test_each_item_exists_once_wherever_a_worker_dies_around_a_call(
    orders: OrdersPipeline, what: str, which: str
) -> None:
    rows = many()
    death = dies_at(1)

    def visit(text: str) -> None:
        if what in text:
            death()

    watch(orders, which, visit)
    run = pushed(orders, rows)
    assert orders.crashes == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def watch(orders: OrdersPipeline, which: str, visit: Callable[[str], None]) -> None:
    """Call `visit` with method and body around each call to monday.com."""
    request = orders.http.request

    def watched(method: str, url: str, **options: Any) -> Any:
        text = f"{method} {(options.get('data') or b'')[:400]!r}"
        if which == "before_call":
            visit(text)
        answer = request(method, url, **options)
        if which == "after_call":
            visit(text)
        return answer

    orders.http.request = watched  # type: ignore[method-assign]  # the connection itself stays real


@pytest.mark.parametrize("place", ["worked", "recording", "recorded"])
def test_each_item_exists_once_wherever_the_pipeline_dies(orders: OrdersPipeline, place: Place) -> None:
    rows = many()
    orders.deaths.plan("push", place, times=3)
    run = pushed(orders, rows)
    assert orders.crashes == 3
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


@pytest.mark.parametrize(
    ("operation", "kind", "parameters"),
    [
        ("monday.mutation", "created_but_500", {}),
        ("monday.mutation", "drop", {}),
        ("monday.mutation", "status", {"status": 504}),
        ("monday.mutation", "complexity_exhausted", {"retry_in_seconds": 30}),
        ("monday.upload", "status", {"status": 503}),
        ("monday.upload", "drop", {}),
        ("monday.ingest", "ingest_fails", {"after_rows": 8}),
        ("monday.ingest", "ingest_fails", {"after_rows": 0}),
    ],
)
def test_each_item_exists_once_whatever_goes_wrong_at_monday(
    orders: OrdersPipeline, operation: str, kind: str, parameters: dict[str, Any]
) -> None:
    rows = many()
    match = {"field": "ingest_items"} if operation == "monday.mutation" else {}
    orders.monday.plant(operation, kind, match=match, **parameters)
    orders.source(*rows)
    run = orders.begin(SMALL_CALLS)
    settled_in_time(orders)
    orders.drive(patience=400)
    orders.audit(run)
    assert orders.monday.struck() == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_an_import_that_is_refused_as_a_whole_gives_way_to_mutations_and_says_so(
    orders: OrdersPipeline,
) -> None:
    rows = many()
    orders.source(*rows)
    run = orders.begin(SMALL_CALLS)
    spoil_the_file(orders)
    orders.drive(patience=120)
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)
    told = [event for event in orders.events(run, "next") if "import_refused" in event]
    assert len(told) == MANY - 1
    assert "INVALID_UPLOAD" in told[0]["import_refused"]


def spoil_the_file(orders: OrdersPipeline) -> None:
    """The file that arrives at monday.com is not what was sent."""
    request = orders.http.request

    def spoiled(method: str, url: str, **options: Any) -> Any:
        if method == "PUT":
            options["data"] = b"no such column\n"
        return request(method, url, **options)

    orders.http.request = spoiled  # type: ignore[method-assign]


def test_the_board_is_not_written_to_while_an_import_goes_on(orders: OrdersPipeline) -> None:
    rows = many()
    other = order("H-1", "HARBOR & PINE", sizes={"M": 3})
    orders.source(*rows, other)
    run = orders.begin(SMALL_CALLS)
    while not orders.monday.calls().get("ingest_items"):
        orders.drive(rounds=1, strict=False)
    mutations = orders.monday.calls()["mutations"]
    orders.drive(patience=0.1)
    assert orders.monday.calls()["mutations"] == mutations
    assert orders.figures(run)["waiting"] >= MANY - 1
    orders.drive(patience=120)
    assert holds_exactly(orders, [*rows, other])
    assert all_pushed(orders, run)


def test_what_cannot_stand_in_a_file_goes_by_mutations(orders: OrdersPipeline, person: Person) -> None:
    """A label with a comma would be read as two."""
    rows = [*many(), order("JOO-1", sizes={"M": 3}, **{"AAG SEASON": "SPRING, SUMMER"})]
    run = pushed(orders, rows)
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)
    assert orders.monday.items()[item_name(rows[-1])]["values"]["AAG SEASON"] == "SPRING, SUMMER"


def test_a_cancelled_run_waits_for_its_import_and_writes_nothing_more(orders: OrdersPipeline) -> None:
    rows = many()
    orders.source(*rows)
    run = orders.begin(SMALL_CALLS)
    while not orders.monday.calls().get("ingest_items"):
        orders.drive(rounds=1, strict=False)
    orders.runs.cancel("default", run, "ada")
    orders.drive(patience=120)
    assert orders.state(run) == "cancelled"
    assert orders.monday.calls()["create_subitem"] == 1
    assert len(orders.monday.items()) == MANY
    orders.run(SMALL_CALLS)
    assert holds_exactly(orders, rows)
