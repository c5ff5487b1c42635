"""Which order a row is: an id that stays the same as long as its natural key does."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import orjson

from common.canonical import canonical_bytes
from common.problems import Problem
from functions.fetch.orders.columns import (
    COLOUR,
    DELIVERY_METHOD,
    ORDER_NUMBER,
    PO_NUMBER,
    STYLE,
    column_of,
    heading,
)
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.values import Value
from functions.hash.orders.batch import Batch, LayoutReader

NAMESPACE: Final = UUID("5b0a6a4e-4f0c-5d53-9c53-6a1f6f2b7c11")
"""Of all ids of orders. Never changed: each id on a board was made with it."""

DEFAULT_UNIQUE_KEYS = (ORDER_NUMBER, STYLE, COLOUR, DELIVERY_METHOD, PO_NUMBER)
"""The grain of an order where a customer has no unique keys of its own; an order number alone is not unique."""

_NEVER_BLANK = frozenset({ORDER_NUMBER, STYLE})
_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


class RowIdentities:
    """The ids of one customer's rows in one layout.

    The id is the UUID (version 5, in `NAMESPACE`) of the canonical JSON of [tenant, canonical customer, names of
    the key columns sorted, their values]. Values are canonical, and any run of blanks in them is one; case counts,
    as codes may differ by it alone. The order of columns, in the source or in the list, does not count.
    """

    def __init__(
        self, layout: Layout, tenant: str, customer: str, unique_keys: Iterable[str] = DEFAULT_UNIQUE_KEYS
    ) -> None:
        """customer: canonical. unique_keys: in any spelling. Raises ValueError when there are none."""
        self.columns = tuple(sorted({column_of(key) or heading(key) for key in unique_keys}))
        if not self.columns:
            raise ValueError(f"{customer} has an empty list of unique keys; leave it out for the usual ones.")
        self.missing_columns = tuple(column for column in self.columns if column not in layout.columns)
        """Key columns that the source lacks: its ids would all differ from those made with them."""
        self._reader = LayoutReader(layout)
        start = canonical_bytes([tenant, customer, list(self.columns)])[:-1] + b","
        self._start = hashlib.sha1(NAMESPACE.bytes + start, usedforsecurity=False)

    def __call__(self, row: Cells) -> str | Problem:
        """As `of`, of one row."""
        return self.of([row])[0]

    def of(self, rows: Sequence[Cells]) -> list[str | Problem]:
        """For each row its id as a UUID's text, or the problem no_key where a column must not be blank."""
        batches = self._reader.batches(rows)
        return [self.of_values(values) for batch in batches for values in self.values(batch)]

    def values(self, batch: Batch) -> Iterable[tuple[Value, ...]]:
        """The natural keys of a batch: the values of `columns` in each row."""
        return zip(*map(batch.key_column, self.columns), strict=True)

    def key_text(self, row: Cells) -> str:
        """The natural key for people: "AAG ORDER NUMBER JOO-00505, CUSTOMER STYLE JWHD100120"; blanks left out."""
        (batch,) = self._reader.batches([row])
        (values,) = self.values(batch)
        named = zip(self.columns, values, strict=True)
        return ", ".join(f"{column} {value}" for column, value in named if value is not None)

    def of_values(self, values: tuple[Value, ...]) -> str | Problem:
        """As `of`, of one row's natural key."""
        if None in values and (column := self._wrongly_blank(values)):
            detail = f"{column} tells this customer's orders apart; it must not be blank."
            return Problem(column, "no_key", "", detail)
        digest = self._start.copy()
        digest.update(orjson.dumps(values) + b"]")
        return _version_5(digest.hexdigest())

    def _wrongly_blank(self, values: Sequence[Value]) -> str | None:
        """The first column that is blank and must not be; the first of all when every one is blank."""
        blank = [column for column, value in zip(self.columns, values, strict=True) if value is None]
        needed = [column for column in blank if column in _NEVER_BLANK]
        if needed:
            return needed[0]
        return blank[0] if len(blank) == len(values) else None


def _version_5(digits: str) -> str:
    """The first 128 bits of a SHA-1 as a UUID of version 5."""
    variant = _VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
