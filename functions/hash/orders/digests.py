"""Whether a row of the source looks as it did: then what it says is known without reading it value by value."""

import hashlib
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

import orjson

from common.canonical import HASH_VERSION
from common.customers.book import CustomerBook
from functions.fetch.orders.columns import heading, is_metadata
from functions.fetch.orders.layout import Cells
from functions.fetch.orders.schema import LOAD_PROBLEM

READING: Final = 1
"""Raised whenever cells come to mean something else: an id or a fingerprint that was made of them is then made anew."""
_BETWEEN = "\x1f"


class RowDigests:
    """Digests of the cells of rows, as they came: of two rows with one digest, id, customer and fingerprint are the same.

    So a digest covers all that those depend on: the cells of every column that counts, the headers, the list of columns
    that fingerprints cover, the customer book, and how all of it is read. It says nothing the other way round: cells that
    are spelled differently may mean the same.
    """

    def __init__(self, labels: Sequence[str], book: CustomerBook, columns: Sequence[str]) -> None:
        places = _places(labels, book)
        self._take = itemgetter(*places)
        self._between = len(places) - 1
        known = [READING, HASH_VERSION, list(labels), sorted(columns), book.as_json()]
        self._start = hashlib.blake2b(orjson.dumps(known), digest_size=16)

    def of(self, rows: Sequence[Cells]) -> list[str]:
        """32 hexadecimal digits a row; "" where a row has too few cells, NULL, or our own separator in a cell."""
        return [self._of(row) for row in rows]

    def _of(self, row: Cells) -> str:
        try:
            text = _BETWEEN.join(self._take(row))
        except (IndexError, TypeError):
            return ""
        if text.count(_BETWEEN) != self._between:
            return ""
        digest = self._start.copy()
        digest.update(text.encode(errors="surrogatepass"))
        return digest.hexdigest()


def _places(labels: Sequence[str], book: CustomerBook) -> list[int]:
    """Of the columns that count: not the row's own number, nor what a store writes beside an order."""
    mapped = {heading(theirs) for each in book.customers for theirs in each.column_mapping or ()}
    counted = [
        place
        for place, label in enumerate(labels)
        if label == LOAD_PROBLEM or not is_metadata(label) or heading(label) in mapped
    ]
    # Of one place `itemgetter` would answer no tuple: one that is taken twice changes nothing.
    return counted if len(counted) > 1 else counted * 2 or [0, 0]
