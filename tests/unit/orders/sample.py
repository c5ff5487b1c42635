"""One order as the source writes it, and rows like it."""

from collections.abc import Mapping, Sequence

from common.problems import Problem
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.record import Record, normalise

ORDER = {
    "AAG ORDER NUMBER": "JOO-00505",
    "CUSTOMER NAME": "NORTHWIND CLOTHIERS",
    "PO NUMBER": "8148-00",
    "CUSTOMER SEASON": "SPRING SUMMER 2026",
    "CUSTOMER STYLE": "JWHD100120",
    "CUSTOMER COLOUR DESCRIPTION": "WHITE",
    "UNIT OF MEASURE": "PCE",
    "INFOR COLOUR CODE": "100",
    "S": "12",
    "M": "30",
    "L": "24",
    "XL": "0",
    "2XL": "",
    "TOTAL QTY": "66",
    "ORDER TYPE": "ACTIVE",
    "EX FACTORY DATE": "2026-03-01",
    "PLANNED DELIVERY METHOD": "SEA",
    "US TARIFF RATE": "TRUE",
    "CUSTOMER PRICE": "$14.50",
    "NOTES": "",
    "RECORD_UUID": "0d1e",
}
LABELS = tuple(ORDER)
LAYOUT = Layout(LABELS)


def cells(changes: Mapping[str, str] | None = None, labels: Sequence[str] = LABELS) -> list[str]:
    """The order's cells under `labels`, some of them changed."""
    written = {**ORDER, **(changes or {})}
    return [written.get(label, "") for label in labels]


def record_of(row: Sequence[str], layout: Layout = LAYOUT) -> Record:
    """The record of a row that can be read."""
    record = normalise(layout, row)
    assert not isinstance(record, list), record
    return record


def problems_of(row: Sequence[str], layout: Layout = LAYOUT) -> list[Problem]:
    """What is wrong with a row that cannot be read."""
    problems = normalise(layout, row)
    assert isinstance(problems, list), problems
    return problems


def reasons_of(row: Sequence[str], layout: Layout = LAYOUT) -> list[tuple[str, str]]:
    """(column, reason) of all that is wrong with a row."""
    return [(problem.column, problem.reason) for problem in problems_of(row, layout)]
