"""Orders that cannot go on as they stand in the source: named by row, column and customer, and kept once."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.item import Item
from common.pipeline.outcome import Outcome
from common.problems import Problem
from functions.fetch.orders.schema import SOURCE_ROW
from functions.fetch.parts.source import as_json


def refused(item: Item, reason: str, problems: Sequence[Problem]) -> Outcome:
    """The order goes to quarantine with all that is wrong with it."""
    row, customer = item.data.get("row"), item.data["customer"]
    told = [{**as_json(problem), "row": row, "customer": customer} for problem in problems]
    return outcomes.reject(item, reason, told, raw_of(item.data), row=row)


def raw_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an order, in the form in which a row is mended: its cells, and its place in the file that was loaded."""
    record = data.get("record") or {}
    raw: dict[str, Any] = {
        "order": data["label"],
        "cells": {**record.get("columns", {}), **record.get("sizes", {})},
    }
    if data.get("load") is not None:
        raw |= {SOURCE_ROW: data["row"], "load": data["load"]}
    return raw


def key_not_unique(customer: str, rows: Sequence[int]) -> Problem:
    """The problem of rows that are one order by its key, and say different things of it."""
    told = ", ".join(map(str, rows))
    detail = f"Rows {told} of {customer} are one order by its key, with different content."
    return Problem("", "key_not_unique", "", detail)
