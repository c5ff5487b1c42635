"""What the columns of one source are, found out once for all its rows."""

from collections.abc import Iterable, Mapping, Sequence

from common.intake.vocabulary import HeaderMapping
from common.problems import Problem, excerpt
from functions.fetch.orders.columns import (
    KINDS,
    REQUIRED,
    SIZES,
    TOTAL_QUANTITY,
    UNIT_OF_MEASURE,
    Kind,
    column_of,
    heading,
    is_metadata,
)
from functions.fetch.orders.sizes import size_of
from functions.fetch.orders.values import READERS

Cells = Sequence[str | None]
"""One row of the source: its cells as text, in the order of the headers; "" and None are both NULL."""


class Layout:
    """The columns of a source, by its headers and (where a customer has one) its own {their header: our column}.

    The mapping comes first: it names a business column or a size, or None for a header to leave out. Then a header
    is a business column, a size of the vocabulary, or, between UNIT OF MEASURE and TOTAL QTY, a size nobody knows;
    any other is a column of text under its own name. Of two headers that mean the same the first is read, and a
    problem names both; a header that was mapped goes before one that was not, without a problem.
    """

    def __init__(self, labels: Sequence[str], column_mapping: HeaderMapping | None = None) -> None:
        self.labels = tuple(labels)
        self.columns: dict[str, int] = {}
        """Business column → its place in a row; those nobody declared under their `heading`."""
        self.sizes: dict[str, int] = {}
        """Size → its place, in the order of the source."""
        self.unknown_sizes: dict[str, int] = {}
        """Header between UNIT OF MEASURE and TOTAL QTY that is no size we know → its place."""
        self.unused_mapping: tuple[str, ...] = ()
        """Headers of the mapping that the source does not have."""
        self._mapped: set[str] = set()
        self._problems: list[Problem] = []
        rest = self._place_mapped(column_mapping or {})
        rest = self._place_known(rest)
        self._place_others(rest)
        self.readers = {column: READERS[self.kind(column)] for column in self.columns}
        """Business column → what reads a cell of it."""
        self.missing = tuple(column for column in REQUIRED if column not in self.columns)
        """Columns without which no row can be read."""
        self._problems += [_missing(column, self.labels) for column in self.missing]
        self.problems = tuple(self._problems)
        """What is wrong with the source as a whole: doubled, missing and wrongly mapped columns."""

    @property
    def hash_columns(self) -> tuple[str, ...]:
        """All that an order of this source is told by: what a first version of a list of columns should be."""
        sizes = (SIZES,) if self.sizes else ()
        return tuple(sorted((*self.columns, *sizes)))

    def missing_hash_columns(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those of `columns` that this source lacks: fingerprints over them would call every row changed."""
        return tuple(sorted(set(columns) - set(self.hash_columns)))

    def kind(self, column: str) -> Kind:
        """What a column holds; of one nobody declared: text."""
        return KINDS.get(column, Kind.TEXT)

    def _place_mapped(self, mapping: HeaderMapping) -> list[int]:
        """Place what the mapping names; the places of all other headers."""
        targets = {heading(theirs): ours for theirs, ours in mapping.items()}
        headings = [heading(label) for label in self.labels]
        self.unused_mapping = tuple(theirs for theirs in mapping if heading(theirs) not in headings)
        rest = []
        for place, name in enumerate(headings):
            if not name or name not in targets:
                rest.append(place)
            elif ours := targets[name]:
                self._place_as(ours, place)
        self._mapped = {*self.columns, *self.sizes}
        return rest

    def _place_as(self, ours: str, place: int) -> None:
        if column := column_of(ours):
            self._place(self.columns, column, place)
        elif size := size_of(ours):
            self._place(self.sizes, size, place)
        else:
            detail = (
                f"The customer's column_mapping calls it {ours!r}, which is no column and no size of ours."
            )
            self._problems.append(Problem(self.labels[place], "unknown_column", excerpt(ours), detail))

    def _place_known(self, places: Iterable[int]) -> list[int]:
        """Place what is known by name; the places of the others, metadata left out."""
        rest = []
        for place in places:
            label = self.labels[place]
            if is_metadata(label):
                continue
            if column := column_of(label):
                self._place(self.columns, column, place)
            elif size := size_of(label):
                self._place(self.sizes, size, place)
            else:
                rest.append(place)
        self.sizes = dict(sorted(self.sizes.items(), key=lambda each: each[1]))
        return rest

    def _place_others(self, places: Iterable[int]) -> None:
        first = self.columns.get(UNIT_OF_MEASURE, len(self.labels))
        last = self.columns.get(TOTAL_QUANTITY, -1)
        for place in places:
            label = self.labels[place].strip()
            if first < place < last:
                self._place(self.unknown_sizes, label or f"column {place + 1}", place)
            elif name := heading(label):
                self._place(self.columns, name, place)

    def _place(self, among: dict[str, int], name: str, place: int) -> None:
        if name not in among:
            among[name] = place
        elif name not in self._mapped:
            first, second = self.labels[among[name]], self.labels[place]
            detail = f"The headers {first!r} and {second!r} both mean {name}; the first is read. Rename or drop one."
            self._problems.append(Problem(name, "doubled_column", excerpt(second), detail))


def _missing(column: str, labels: Sequence[str]) -> Problem:
    shown = ", ".join(labels[:30]) or "none"
    detail = (
        f"The source has no column {column}; rename one or give a column_mapping. Its headers are: {shown}."
    )
    return Problem(column, "missing_column", "", detail)


def layout_key(mapping: Mapping[str, str | None] | None) -> tuple[tuple[str, str | None], ...]:
    """What a `Layout` of one source may be kept under: equal for mappings that say the same."""
    return tuple(sorted((heading(theirs), ours) for theirs, ours in (mapping or {}).items()))
