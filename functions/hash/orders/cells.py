"""Cells of many rows at once, column by column: each distinct text of a batch is read once, and nothing is kept."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from functions.fetch.orders.layout import Cells
from functions.fetch.orders.values import Reader, Value

BATCH = 1000
"""Rows; enough that a text is seldom read twice, few enough that wide rows stay in the processor's caches."""

Column = Sequence[str | None]


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
    if len(values) == 1:  # blank throughout, as many columns of a wide table are
        return repeat(values[cells[0]], len(cells))
    return map(values.__getitem__, cells)
