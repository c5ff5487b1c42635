"""Cells of many rows at once, column by column: each distinct text of a batch is read once, and nothing is kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from functions.fetch.orders.columns import Kind
from functions.fetch.orders.layout import Cells
from functions.fetch.orders.values import Value, comparable, plain

BATCH = 500
"""Rows; enough that a text is seldom read twice, few enough that wide rows stay in the processor's caches."""

Reader = Callable[[str | None], Value]
Column = Sequence[str | None]

READERS: Mapping[Kind, Reader] = {
    kind: plain if kind is Kind.TEXT else partial(comparable, kind) for kind in Kind
}
"""Kind → `values.comparable` of it; of text the same in fewer steps."""


def batches(rows: Sequence[Cells]) -> Iterator[Sequence[Cells]]:
    """The rows, up to `BATCH` at a time."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def padded(rows: Sequence[Cells], width: int) -> Sequence[Cells]:
    """The rows, those that are shorter than `width` with blank cells at their end."""
    if min(map(len, rows)) >= width:
        return rows
    return [[*row, *[""] * (width - len(row))] for row in rows]


def read(reader: Reader, cells: Column) -> Iterable[Value]:
    """The values of a column's cells."""
    values = {raw: reader(raw) for raw in set(cells)}
    return map(values.__getitem__, cells)
