"""The body of a task: written small, read strictly, and never from a newer release."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Usage
from common.tasks.wake_up import VERSION, NewerWakeUp, WakeUp, parse, task_name

NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)
WAKE_UP = WakeUp(run_id="r1", step="scrape", chunk_id=12, generation=3)


@given(
    st.builds(
        WakeUp, run_id=st.text(min_size=1), step=st.text(min_size=1), chunk_id=NUMBERS, generation=NUMBERS
    )
)
def test_what_is_written_is_read_back(wake_up: WakeUp) -> None:
    assert parse(wake_up.to_bytes()) == wake_up


@given(st.binary())
def test_any_other_bytes_are_refused_and_never_crash(body: bytes) -> None:
    with pytest.raises((Usage, NewerWakeUp)):
        parse(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(asdict(WAKE_UP), JSON)))
def test_any_json_is_either_a_wake_up_or_refused(document: object) -> None:
    try:
        wake_up = parse(json.dumps(document).encode())
    except (Usage, NewerWakeUp):
        return
    assert asdict(wake_up) == document


def test_a_newer_version_is_refused_with_its_own_error() -> None:
    newer = WakeUp(run_id="r1", step="scrape", chunk_id=12, generation=3, version=VERSION + 1)
    with pytest.raises(NewerWakeUp, match=f"version {VERSION + 1}"):
        parse(newer.to_bytes())


def test_a_newer_version_is_recognised_even_if_its_fields_changed() -> None:
    with pytest.raises(NewerWakeUp):
        parse(json.dumps({"version": VERSION + 1, "chunks": [1, 2]}).encode())


def test_a_field_that_this_release_does_not_know_is_passed_over() -> None:
    assert parse(json.dumps({**asdict(WAKE_UP), "hint": "soon"}).encode()) == WAKE_UP


@pytest.mark.parametrize("field", ["version", "run_id", "step", "chunk_id", "generation"])
def test_every_field_is_needed(field: str) -> None:
    fields = asdict(WAKE_UP)
    del fields[field]
    with pytest.raises(Usage, match=field):
        parse(json.dumps(fields).encode())


def test_true_is_not_a_number() -> None:
    with pytest.raises(Usage, match="generation"):
        parse(json.dumps({**asdict(WAKE_UP), "generation": True}).encode())


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(Usage):
        parse(b"[" * 200_000)


def test_the_name_of_a_task_is_fixed_for_ever() -> None:
    """Another hash would deliver everything twice across a release."""
    assert task_name(WAKE_UP.run_id, WAKE_UP.step, 12, 3) == WAKE_UP.task_name()
    assert (
        task_name("parts_1", "scrape", 12, 3)
        == "e20cd6ebbfa7bb633cdab9b74554b056a2cfcf92319270b42f6d018db1de9b56"
    )


@given(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS))
def test_two_wanted_deliveries_share_a_name_only_if_they_are_the_same(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert (task_name("run", "push", *one) == task_name("run", "push", *other)) == (one == other)
