"""Whether a row of the source looks as it did: then what it says is known without reading it value by value."""

import hashlib
from collections.abc import Sequence
from typing import Final

import orjson

from common.canonical import HASH_VERSION
from common.customers.book import CustomerBook
from functions.fetch.orders.columns import heading, is_metadata
from functions.fetch.orders.layout import Cells
from functions.fetch.orders.schema import LOAD_PROBLEM

READING: Final = 1
"""Raised whenever cells come to mean something else: an id or a fingerprint that was made of them is then made anew."""
DIGEST_BYTES: Final = 16
_BETWEEN = "\x1f"


class RowDigests:
    """Digests of the cells of rows, as they came: of two rows with one digest, id, customer and fingerprint are the same.

    So a digest covers all that those depend on: the cells of every column that counts, the headers, the list of columns
    that fingerprints cover, the customer book, and how all of it is read. It says nothing the other way round: cells that
    are spelled differently may mean the same.
    """

    def __init__(self, labels: Sequence[str], book: CustomerBook, columns: Sequence[str]) -> None:
        self._width = len(labels)
        self._uncounted = _uncounted(labels, book)
        known = [READING, HASH_VERSION, list(labels), sorted(columns), book.as_json()]
        self._start = hashlib.blake2b(orjson.dumps(known), digest_size=DIGEST_BYTES)

    def of(self, rows: Sequence[Cells]) -> list[bytes]:
        """`DIGEST_BYTES` a row; none where a row has not a cell for each column, NULL, or our own separator in a cell."""
        counted = map(self._counted, rows) if self._uncounted else rows
        return [self._of(cells) for cells in counted]

    def _counted(self, row: Cells) -> Cells:
        """The row with blanks for what does not count."""
        cells = [*row]
        if len(cells) == self._width:
            for place in self._uncounted:
                cells[place] = ""
        return cells

    def _of(self, cells: Cells) -> bytes:
        # Every row of a source comes by here: what is not needed for each is not done for each.
        if len(cells) != self._width:
            return b""
        try:
            text = _BETWEEN.join(cells)  # type: ignore[arg-type]  # it refuses NULL
        except TypeError:
            return b""
        if text.count(_BETWEEN) >= self._width:
            return b""
        digest = self._start.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.digest()


def _uncounted(labels: Sequence[str], book: CustomerBook) -> list[int]:
    """Places of the columns that do not count: the row's own number, and what a store writes beside an order."""
    mapped = {heading(theirs) for each in book.customers for theirs in each.column_mapping or ()}
    return [
        place
        for place, label in enumerate(labels)
        if label != LOAD_PROBLEM and is_metadata(label) and heading(label) not in mapped
    ]
