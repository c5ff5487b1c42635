"""From how many items on an import is cheaper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.push.monday.crossover import (
    Route,
    calls_by_import,
    calls_by_mutations,
    crossover,
    hours,
    route,
)


@pytest.mark.parametrize(("items", "calls"), [(0, 0), (1, 1), (20, 1), (21, 2), (10_000, 500)])
def test_mutations_go_twenty_a_call(items: int, calls: int) -> None:
    assert calls_by_mutations(items) == calls


@pytest.mark.parametrize(
    ("items", "calls"),
    [
        (0, 0),
        (1, 1 + 1 + 6 + 1),
        (10_000, 1 + 1 + 6 + 100),
        (10_001, 2 * (1 + 1 + 6) + 101),
    ],
)
def test_an_import_costs_start_upload_polls_and_the_look_up_of_ids(items: int, calls: int) -> None:
    assert calls_by_import(items) == calls


def test_few_items_go_by_mutations_and_many_by_import() -> None:
    assert route(100) == Route("mutations", 5)
    assert route(1_000) == Route("import", 18, 1)
    assert route(10_001) == Route("import", 117, 2)


def test_requests_that_carry_fewer_mutations_make_an_import_worth_it_sooner() -> None:
    assert route(40, a_call=20).way == "mutations"
    assert route(40, a_call=4) == Route("import", 9, 1)
    assert route(36, a_call=4) == Route("mutations", 9)


@given(st.integers(0, 30_000), st.integers(1, 20), st.integers(1, 60))
def test_the_route_is_never_the_dearer_one(items: int, a_call: int, polls: int) -> None:
    chosen = route(items, a_call=a_call, polls=polls)
    assert chosen.calls == min(calls_by_mutations(items, a_call), calls_by_import(items, polls=polls))
    assert (chosen.files > 0) == (chosen.way == "import")


@pytest.mark.parametrize("polls", [1, 6, 30])
def test_from_the_crossover_on_an_import_is_never_dearer(polls: int) -> None:
    first = crossover(polls=polls)
    assert all(calls_by_import(n, polls=polls) <= calls_by_mutations(n) for n in range(first, 10_001))
    assert calls_by_import(first - 1, polls=polls) > calls_by_mutations(first - 1)


@pytest.mark.parametrize(("items", "expected"), [(0, 0), (19_000, 1), (19_001, 2), (97_222, 6)])
def test_an_hour_takes_nineteen_thousand_items(items: int, expected: int) -> None:
    assert hours(items) == expected
