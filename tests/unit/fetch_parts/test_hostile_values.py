"""Values that are legal in their format and meant by nobody: each is a problem of its row, never a crash."""

from typing import Any

import pytest

from functions.fetch.parts.record import normalise
from functions.fetch.parts.row import table_row


def nested(levels: int) -> list[Any]:
    """A list in a list in a list."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"specs": nested(5000)}, "too_deep"),
        ({"specs": [{"spec_name": nested(5000)}]}, "too_deep"),
        ({"specs": "[" * 100_000}, "not_a_list"),
        ({"category": [str(level) for level in range(21)]}, "too_deep"),
        ({"pn": "ﷺ" * 255}, "too_long"),
    ],
)
def test_a_row_that_cannot_be_meant_is_a_problem(fields: dict[str, Any], reason: str) -> None:
    problems = normalise({"pn": "LM358P", "manufacturer": "Texas Instruments", **fields})
    assert isinstance(problems, list)
    assert [problem.reason for problem in problems] == [reason]


@pytest.mark.parametrize("written", ["1e400", "Infinity", "-inf", "1e999999999"])
def test_an_endless_number_of_a_file_is_a_problem(written: str) -> None:
    raw = {"pn": "LM358P", "manuf_standard_packaging": written}
    record = normalise(raw)
    assert isinstance(record, dict)
    problems = table_row(record, raw)
    assert isinstance(problems, list)
    assert [problem.reason for problem in problems] == ["out_of_range"]
