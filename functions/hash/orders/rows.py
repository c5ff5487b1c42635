"""Rows of one source, customer by customer: which order each is, and its fingerprint."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from common.customers.book import CustomerBook
from common.customers.customer import Customer
from common.problems import Problem
from functions.fetch.orders.columns import CUSTOMER
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.record import Record, normalise
from functions.fetch.orders.schema import LOAD_PROBLEM, SOURCE_ROW
from functions.hash.orders.batch import Batch
from functions.hash.orders.digests import RowDigests
from functions.hash.orders.fingerprints import RowFingerprints
from functions.hash.orders.identity import RowIdentities

Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class CustomerRows:
    """How one customer's rows are read: with its own headers and its own unique keys."""

    customer: Customer
    layout: Layout
    identities: RowIdentities


@dataclass(frozen=True, slots=True)
class RawRows:
    """Some rows of an object, as they came. The four lists go together."""

    places: Sequence[int]
    """Among the object's rows, from 1."""
    numbers: Sequence[int]
    """As the source's own row number has them, else the places."""
    cells: Sequence[Cells]
    digests: Sequence[bytes]
    """See `RowDigests`."""

    def __len__(self) -> int:
        return len(self.places)

    def only(self, wanted: Sequence[int]) -> "RawRows":
        """Some of these, by where they stand here, from 0."""
        lists = (self.places, self.numbers, self.cells, self.digests)
        return RawRows(*([each[at] for at in wanted] for each in lists))  # type: ignore[arg-type]  # each keeps its kind


class ReadRow(NamedTuple):
    """One row, told apart but not yet read value by value."""

    place: int
    """Among the object's rows, from 1."""
    number: int
    """As the source's own row number has it, else its place."""
    digest: bytes
    """See `RowDigests`."""
    cells: Cells
    customer: str
    key: str
    """The order's UUID; empty where the row has no key."""
    hash: str
    problem: Problem | None = None


_MAKE_ROW = partial(tuple.__new__, ReadRow)


class OrderRows:
    """Reads the rows of one object."""

    def __init__(
        self, labels: Sequence[str], book: CustomerBook, tenant: str, columns: Sequence[str]
    ) -> None:
        self._labels = tuple(labels)
        self._book = book
        self._tenant = tenant
        self._columns = columns
        self._customers: dict[str, CustomerRows] = {}
        self._fingerprints: dict[int, RowFingerprints] = {}
        self.layout = Layout(self._labels)

    def raw_rows(self, rows: Sequence[Cells], done: int) -> RawRows:
        """Rows with their numbers and digests. done: rows of the object before them."""
        places = range(done + 1, done + len(rows) + 1)
        return RawRows(places, self._numbers(rows, places), rows, self._digests.of(rows))

    def read(self, raw: RawRows) -> list[ReadRow]:
        """Tell rows apart, in their order."""
        rows = raw.cells
        customers = self._customers_of(rows)
        told = self._spread(rows, customers, lambda each: id(each.layout), self._tell_apart)
        keys, hashes = zip(*told, strict=True) if told else ((), ())
        names = [each.customer.canonical for each in customers]
        told_apart = zip(names, keys, hashes, repeat(None), strict=False)
        came = zip(raw.places, raw.numbers, raw.digests, rows, strict=True)
        # There are many, and nearly all are only counted: made without a call of our own for each.
        read = [_MAKE_ROW((*each, *what)) for each, what in zip(came, told_apart, strict=True)]
        for place, key in enumerate(keys):
            if isinstance(key, Problem):
                read[place] = read[place]._replace(key="", problem=key)
        return self._without_unreadable(read)

    def record(self, row: ReadRow) -> Record | list[Problem]:
        """The record of a row, or all that is wrong with it."""
        return normalise(self._customers[row.customer].layout, row.cells)

    def hashes_under(self, rows: Sequence[ReadRow], columns: Sequence[str]) -> list[str]:
        """The fingerprints of rows over the columns of another version."""
        return self._spread(
            [row.cells for row in rows],
            [self._customers[row.customer] for row in rows],
            lambda each: id(each.layout),
            lambda each, cells: _fingerprints(each, columns).of(cells),
        )

    def label(self, row: ReadRow) -> str:
        """The natural key of a row, for people."""
        return self._customers[row.customer].identities.key_text(row.cells)

    def status(self, row: ReadRow) -> str:
        """What the customer book says of the row's customer: approved, review or unknown."""
        return self._customers[row.customer].customer.status

    def position(self, row: ReadRow) -> int:
        """Whose turn the row's customer is."""
        return self._customers[row.customer].customer.position

    def cells_by_header(self, row: ReadRow) -> dict[str, str | None]:
        """The row as it came, by header, without what is blank and what a load has added."""
        cells = zip(self._labels, row.cells, strict=False)
        return {label: cell for label, cell in cells if cell and label not in (SOURCE_ROW, LOAD_PROBLEM)}

    def _customers_of(self, rows: Sequence[Cells]) -> list[CustomerRows]:
        place = self.layout.columns.get(CUSTOMER)
        if place is None:
            return [self._of(None)] * len(rows)
        names = [cells[place] if place < len(cells) else None for cells in rows]
        found = {name: self._of(name) for name in set(names)}
        return [found[name] for name in names]

    def _of(self, name: str | None) -> CustomerRows:
        customer = self._book.find(name)
        found = self._customers.get(customer.canonical)
        return found if found is not None else self._learn(customer)

    def _learn(self, customer: Customer) -> CustomerRows:
        layout = Layout(self._labels, customer.column_mapping) if customer.column_mapping else self.layout
        identities = RowIdentities(layout, self._tenant, customer.canonical, customer.unique_keys)
        self._customers[customer.canonical] = CustomerRows(customer, layout, identities)
        return self._customers[customer.canonical]

    def _spread(
        self,
        rows: Sequence[Cells],
        customers: Sequence[CustomerRows],
        group_of: Callable[[CustomerRows], Hashable],
        answer: "Callable[[CustomerRows, Sequence[Cells]], Sequence[Answer]]",
    ) -> "list[Answer]":
        """An answer for each row, asked for group by group: many rows at once are read in a fraction of the time."""
        group = {each: group_of(each) for each in set(customers)}
        if len(set(group.values())) == 1:
            return list(answer(customers[0], rows))
        groups: dict[Hashable, list[int]] = {}
        for place, each in enumerate(customers):
            groups.setdefault(group[each], []).append(place)
        spread: list[Any] = [None] * len(rows)
        for places in groups.values():
            answers = answer(customers[places[0]], [rows[place] for place in places])
            for place, one in zip(places, answers, strict=True):
                spread[place] = one
        return spread

    def _tell_apart(self, each: CustomerRows, rows: Sequence[Cells]) -> list[tuple[str | Problem, str]]:
        """Key and fingerprint of rows of one layout, whose customers may differ."""
        fingerprints = self._fingerprints.get(id(each.layout))
        if fingerprints is None:
            fingerprints = self._fingerprints[id(each.layout)] = _fingerprints(each, self._columns)
        told: list[tuple[str | Problem, str]] = []
        for batch in fingerprints.reader.batches(rows):
            keys = _keys(batch, [one.identities for one in self._customers_of(batch.rows)])
            told += zip(keys, fingerprints.of_batch(batch), strict=True)
        return told

    def _without_unreadable(self, read: list[ReadRow]) -> list[ReadRow]:
        """The rows, those that were not read when the file was loaded as nobody's, each with its problem."""
        if self._problem_place is None:
            return read
        return [
            _unreadable(row, told) if (told := self._cell(row.cells, self._problem_place)) else row
            for row in read
        ]

    @cached_property
    def _digests(self) -> RowDigests:
        return RowDigests(self._labels, self._book, self._columns)

    @cached_property
    def _number_place(self) -> int | None:
        return self._place(SOURCE_ROW)

    @cached_property
    def _problem_place(self) -> int | None:
        return self._place(LOAD_PROBLEM)

    def _place(self, name: str) -> int | None:
        return self._labels.index(name) if name in self._labels else None

    def _cell(self, cells: Cells, place: int | None) -> str | None:
        return cells[place] if place is not None and place < len(cells) else None

    def _numbers(self, rows: Sequence[Cells], places: Sequence[int]) -> Sequence[int]:
        if self._number_place is None:
            return places
        return [
            int(written)
            if (written := self._cell(cells, self._number_place)) and written.isdecimal()
            else place
            for place, cells in zip(places, rows, strict=True)
        ]


def _fingerprints(each: CustomerRows, columns: Sequence[str]) -> RowFingerprints:
    """Over a version's columns, and what the customer's own headers stand for: nobody else may have that."""
    return RowFingerprints(each.layout, {*columns, *each.layout.mapped_columns})


def _unreadable(row: ReadRow, told: str) -> ReadRow:
    problem = Problem("", "unreadable_row", "", f"It could not be read when the file was loaded: {told}")
    return row._replace(customer="", key="", hash="", problem=problem)


def _keys(batch: Batch, identities: Sequence[RowIdentities]) -> list[str | Problem]:
    """The id of each row of a batch, by the identities of its customer."""
    by_columns = {each.columns: each for each in set(identities)}
    values = {columns: list(each.values(batch)) for columns, each in by_columns.items()}
    return [each.of_values(values[each.columns][place]) for place, each in enumerate(identities)]
