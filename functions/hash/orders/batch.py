"""Some rows of one layout as columns of values, each of them read once for all that ask for it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress

from functions.fetch.orders.columns import Kind
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.values import Value
from functions.hash.orders.cells import Column, ColumnReader

BATCH_ROWS = 500
"""Of a batch: enough that a column is read in few steps, few enough that wide rows stay in the processor's caches."""

Values = Sequence[Value]


class LayoutReader:
    """Cuts the rows of a layout into batches. What it remembers of a column's texts serves all of them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.quantities = ColumnReader(Kind.QUANTITY)
        self.sizes = sorted({**layout.unknown_sizes, **layout.sizes}.items())
        """Size, or header nobody knows → its place, by name."""
        self._columns: dict[str, ColumnReader] = {}

    def batches(self, rows: Sequence[Cells]) -> Iterator["Batch"]:
        """The rows, up to `BATCH_ROWS` at a time."""
        for start in range(0, len(rows), BATCH_ROWS):
            yield Batch(self, rows[start : start + BATCH_ROWS])

    def column(self, name: str) -> ColumnReader:
        """The reader of a column that the layout has."""
        reader = self._columns.get(name)
        if reader is None:
            reader = self._columns[name] = ColumnReader(self.layout.kind(name))
        return reader


class Batch:
    """The values of some rows, column by column."""

    def __init__(self, reader: LayoutReader, rows: Sequence[Cells]) -> None:
        self.rows = rows
        self._reader = reader
        self._values: dict[str, Values] = {}
        self._keys: dict[str, Values] = {}

    def column(self, name: str) -> Values:
        """A column's value of each row, without errors: what cannot be read is its text. None where the layout lacks it."""
        if name not in self._values:
            place = self._reader.layout.columns.get(name)
            values = [None] * len(self.rows) if place is None else self._read(name, place)
            self._values[name] = values
        return self._values[name]

    def key_column(self, name: str) -> Values:
        """The same with each run of blanks in a text as one."""
        if name not in self._keys:
            self._keys[name] = _single_blanks(self.column(name))
        return self._keys[name]

    def sizes(self) -> Sequence[Mapping[str, Value]]:
        """{size: pieces} of each row, in the order of the sizes' names. Most cells are blank: they are passed over."""
        found: list[dict[str, Value]] = [{} for _ in self.rows]
        for size, place in self._reader.sizes:
            column = self._cells[place]
            if any(column):
                read = self._reader.quantities(list(compress(column, column)))
                for row, pieces in zip(compress(found, column), read, strict=True):
                    if pieces is not None:
                        row[size] = pieces
        return found

    def _read(self, name: str, place: int) -> Values:
        return self._reader.column(name)(self._cells[place])

    @cached_property
    def _cells(self) -> Sequence[Column]:
        width = len(self._reader.layout.labels)
        # What a row has beyond its columns belongs to none of them.
        return list(zip(*_padded(self.rows, width), strict=False))


def _padded(rows: Sequence[Cells], width: int) -> Sequence[Cells]:
    """The rows, those that are shorter than `width` with blank cells at their end."""
    if min(map(len, rows)) >= width:
        return rows
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _single_blanks(values: Values) -> Values:
    """Each run of blanks in a text as one. Few texts have any to change: all are looked at together first."""
    joined = "".join([value for value in values if isinstance(value, str)])
    if joined.isascii() and joined.isprintable() and "  " not in joined:
        return values  # the only printable blank of ASCII is the one that stays, and no value begins or ends with it
    return [" ".join(value.split()) if isinstance(value, str) else value for value in values]
