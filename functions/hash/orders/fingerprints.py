"""Whether an order says anything new: canonical fingerprints of rows, and of whole sets of them."""

from collections.abc import Iterable, Sequence

import orjson

from common.canonical import HASH_VERSION, RecordHasher
from functions.fetch.orders.columns import SIZES
from functions.fetch.orders.layout import Cells, Layout
from functions.hash.orders.batch import Batch, LayoutReader


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
        self.reader = LayoutReader(layout)
        """Makes the batches that `of_batch` takes."""

    def __call__(self, row: Cells) -> str:
        """As `of`, of one row."""
        return self.of([row])[0]

    def of(self, rows: Sequence[Cells]) -> list[str]:
        """The fingerprint of each row, 64 hexadecimal digits. Never fails."""
        return [hash_ for batch in self.reader.batches(rows) for hash_ in self.of_batch(batch)]

    def of_batch(self, batch: Batch) -> list[str]:
        """The same of rows that others read as well."""
        columns = [batch.sizes() if column == SIZES else batch.column(column) for column in self.columns]
        return [self._hasher.of_written(orjson.dumps(values)) for values in zip(*columns, strict=True)]
