"""A row of an orders table as one normalised record, or all that is wrong with it."""

from collections.abc import Mapping
from typing import TypedDict

from common.problems import BadValue, Problem, excerpt
from functions.fetch.orders.columns import ORDER_NUMBER, SIZES, STYLE, TOTAL_QUANTITY, Kind
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.values import COMPARABLE, Reader, Value, plain, quantity

MOST_LINES = 300
"""Sizes of one order."""

_NAMED_BY = (ORDER_NUMBER, STYLE)


class Record(TypedDict):
    """An order, JSON-able."""

    columns: dict[str, str | int]
    """Business column → its canonical value (`values.Value`); absent ones are left out."""
    sizes: dict[str, int]
    """Size → pieces ordered, more than 0, in the order of the source."""


def normalise(layout: Layout, row: Cells) -> Record | list[Problem]:
    """The record of a row, or each thing that is wrong with it; a shorter row lacks its last cells.

    Reasons: no_key (order number or style blank), not_a_number, negative, not_whole, out_of_range, not_a_date,
    too_long, unknown_size, too_many_lines, total_mismatch, and too_wide for a row with more cells than headers.
    """
    return _Reading(layout, row).result()


def flattened(record: Record) -> dict[str, Value | Mapping[str, int]]:
    """The record as its fingerprint is taken: business columns, and all sizes under `SIZES`."""
    return {**record["columns"], SIZES: record["sizes"]}


class _Reading:
    """Reads one row, and keeps what went wrong instead of stopping at it."""

    def __init__(self, layout: Layout, row: Cells) -> None:
        self._layout = layout
        self._row = row
        self._problems: list[Problem] = []

    def result(self) -> Record | list[Problem]:
        self._check_width()
        columns = self._columns()
        sizes = self._sizes()
        self._check_named(columns)
        self._check_total(columns, sizes)
        return self._problems or Record(columns=columns, sizes=sizes)

    def _check_width(self) -> None:
        if len(self._row) > len(self._layout.labels):
            detail = f"The row has {len(self._row)} cells for {len(self._layout.labels)} headers; is a quote left open?"
            self._refuse("", "too_wide", self._row[-1], detail)

    def _columns(self) -> dict[str, str | int]:
        read = (
            (column, self._read(column, self._layout.readers[column], place))
            for column, place in self._layout.columns.items()
        )
        return {column: value for column, value in read if value is not None}

    def _sizes(self) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for size, place in self._layout.sizes.items():
            pieces = self._read(size, quantity, place)
            if isinstance(pieces, int):
                sizes[size] = pieces
        if len(sizes) > MOST_LINES:
            self._refuse("", "too_many_lines", len(sizes), f"An order has at most {MOST_LINES} sizes.")
        for header, place in self._layout.unknown_sizes.items():
            self._check_unknown(header, place)
        return sizes

    def _check_unknown(self, header: str, place: int) -> None:
        raw = self._cell(place)
        if COMPARABLE[Kind.QUANTITY](raw) is not None:
            detail = (
                f"{header!r} stands among the sizes, but is no size we know. Name the size it is in the customer's "
                "column_mapping, or add it to the vocabulary of sizes."
            )
            self._refuse(header, "unknown_size", raw, detail)

    def _check_named(self, columns: Mapping[str, Value]) -> None:
        for column in _NAMED_BY:
            if column not in columns and not self._has_problem(column):
                self._refuse(column, "no_key", "", f"An order needs a {column}.")

    def _check_total(self, columns: Mapping[str, Value], sizes: Mapping[str, int]) -> None:
        """Only where every size could be read: otherwise the difference is known to have another cause."""
        total, added = columns.get(TOTAL_QUANTITY), sum(sizes.values())
        if (
            total is None
            or total == added
            or self._has_problem(*self._layout.sizes, *self._layout.unknown_sizes)
        ):
            return
        detail = (
            f"TOTAL QTY says {total}, but the sizes add up to {added}; correct one of them at the source."
        )
        self._refuse(TOTAL_QUANTITY, "total_mismatch", str(total), detail)

    def _read(self, column: str, reader: Reader, place: int) -> Value:
        raw = self._cell(place)
        if not raw:  # most cells of a wide row
            return None
        try:
            return reader(raw)
        except BadValue as error:
            self._refuse(column, error.reason, plain(raw), str(error))
            return None

    def _cell(self, place: int) -> str | None:
        return self._row[place] if place < len(self._row) else None

    def _refuse(self, column: str, reason: str, value: object, detail: str) -> None:
        self._problems.append(Problem(column, reason, excerpt("" if value is None else value), detail))

    def _has_problem(self, *columns: str) -> bool:
        return any(problem.column in columns for problem in self._problems)
