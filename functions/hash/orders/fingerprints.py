"""Whether an order says anything new: canonical fingerprints of rows, and of whole sets of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, repeat
from typing import Any

import orjson

from common.canonical import HASH_VERSION, RecordHasher
from functions.fetch.orders.columns import SIZES, Kind
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.values import COMPARABLE, Value
from functions.hash.orders.cells import Column, batches, padded, read


class RowFingerprints:
    """Fingerprints of the rows of one layout over a versioned list of columns, without making their records.

    For a row that can be read it is `common.canonical.record_hash` of `functions.fetch.orders.record.flattened`
    over the same columns. For any other it is one all the same: what cannot be read counts as its text. `SIZES` in
    the list stands for {size: pieces} of all size columns, so a size the source adds changes those rows only that
    have pieces in it; pieces under a header nobody knows count too, for no quantity may change unseen.
    """

    def __init__(self, layout: Layout, columns: Iterable[str], version: int = HASH_VERSION) -> None:
        """Raises ValueError as `RecordHasher` does. A column that the layout lacks counts as blank."""
        self._hasher = RecordHasher(columns, version)
        self.columns, self.version = self._hasher.columns, version
        self.missing_columns = layout.missing_hash_columns(self.columns)
        """Those of `columns` that the source lacks. Refuse it then, or every row will look changed."""
        self._layout = layout
        self._sizes = sorted({**layout.unknown_sizes, **layout.sizes}.items())

    def __call__(self, row: Cells) -> str:
        """As `of`, of one row."""
        return self.of([row])[0]

    def of(self, rows: Sequence[Cells]) -> list[str]:
        """The fingerprint of each row, 64 hexadecimal digits. Never fails."""
        return [
            self._hasher.of_written(orjson.dumps(values))
            for batch in batches(rows)
            for values in self._values(batch)
        ]

    def _values(self, rows: Sequence[Cells]) -> Iterable[tuple[Any, ...]]:
        cells = list(
            zip(*padded(rows, len(self._layout.labels)), strict=False)
        )  # a longer row's rest is no column
        columns = [self._column(column, cells, len(rows)) for column in self.columns]
        return zip(*columns, strict=True)

    def _column(self, column: str, cells: Sequence[Column], count: int) -> Iterable[Any]:
        if column == SIZES:
            return self._pieces(cells, count)
        place = self._layout.columns.get(column)
        if place is None:
            return repeat(None, count)
        return read(COMPARABLE[self._layout.kind(column)], cells[place])

    def _pieces(self, cells: Sequence[Column], count: int) -> Sequence[Mapping[str, Value]]:
        """{size: pieces} of each row, in the order of the sizes' names. Most cells are blank: they are passed over."""
        found: list[dict[str, Value]] = [{} for _ in range(count)]
        values: dict[str | None, Value] = {}
        reader = COMPARABLE[Kind.QUANTITY]
        for size, place in self._sizes:
            column = cells[place]
            for at in compress(range(count), column):
                raw = column[at]
                if raw not in values:
                    values[raw] = reader(raw)
                if (pieces := values[raw]) is not None:
                    found[at][size] = pieces
        return found
