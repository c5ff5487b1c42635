"""Cells of many rows at once, column by column: most texts are read together, or once, and few are kept."""

from collections.abc import Sequence
from itertools import product

from functions.fetch.orders.columns import Kind
from functions.fetch.orders.values import ABSENT, COMPARABLE, Reader, Value

_MOST_KNOWN = 2000
"""Texts that are remembered of a column; a table has few dates and prices, and many rows."""
_VARIED = 4
"""A column of text of which more than one cell in so many is new is read without remembering."""

Column = Sequence[str | None]

_BLANK = frozenset(
    {"", *("".join(each) for word in ABSENT for each in product(*zip(word, word.lower(), strict=True)))}
)
"""What means nothing, in each of its spellings."""


class ColumnReader:
    """Reads one column of a kind, many cells at a time: each as `values.COMPARABLE` does."""

    def __init__(self, kind: Kind) -> None:
        self._is_text = kind is Kind.TEXT
        self._known = _Known(COMPARABLE[kind])
        self._is_varied = False

    def __call__(self, cells: Column) -> Sequence[Value]:
        """The value of each cell."""
        if self._is_varied and (texts := _plain(cells)) is not None:
            return texts
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
        before = len(known)
        values = list(map(known.__getitem__, cells))
        self._is_varied = self._is_text and (len(known) - before) * _VARIED > len(cells)
        return values


class _Known(dict[str | None, Value]):
    """Text → its value, read when it is first asked for."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, raw: str | None) -> Value:
        value = self[raw] = self._reader(raw)
        return value


def _plain(cells: Column) -> Sequence[str | None] | None:
    """`values.plain` of each cell, by a few steps over all of them; None where a cell is no plain ASCII."""
    if None in cells:
        return None
    joined = "".join(cells)  # type: ignore[arg-type]  # there is no None
    if not joined.isascii() or "\0" in joined:
        return None
    texts = list(map(str.strip, cells))  # type: ignore[arg-type]  # nor here
    if _BLANK.isdisjoint(texts):
        return texts
    return [None if text in _BLANK else text for text in texts]
