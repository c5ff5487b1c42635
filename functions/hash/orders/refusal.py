"""Orders that cannot go on as they stand in the source: named by row, column and customer, and kept once."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.item import Item
from common.pipeline.outcome import Outcome
from common.problems import Problem
from functions.fetch.parts.source import as_json


def refused(item: Item, reason: str, problems: Sequence[Problem]) -> Outcome:
    """The order goes to quarantine with all that is wrong with it."""
    row, customer = item.data.get("row"), item.data["customer"]
    told = [{**as_json(problem), "row": row, "customer": customer} for problem in problems]
    return outcomes.reject(item, reason, told, raw_of(item.data), row=row)


def raw_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an order: all but its row, which moves while the order stays bad."""
    return {name: value for name, value in data.items() if name != "row"}


def key_not_unique(customer: str, rows: Sequence[int]) -> Problem:
    """The problem of rows that are one order by its key, and say different things of it."""
    told = ", ".join(map(str, rows))
    detail = f"Rows {told} of {customer} are one order by its key, with different content."
    return Problem("", "key_not_unique", "", detail)
