"""Rows of one source, customer by customer: which order each is, and its fingerprint."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from common.customers.book import CustomerBook
from common.customers.customer import Customer
from common.problems import Problem
from functions.fetch.orders.columns import CUSTOMER
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.record import Record, normalise
from functions.fetch.orders.schema import LOAD_PROBLEM, SOURCE_ROW
from functions.hash.orders.fingerprints import RowFingerprints
from functions.hash.orders.identity import RowIdentities

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class CustomerRows:
    """How one customer's rows are read: with its own headers and its own unique keys."""

    customer: Customer
    layout: Layout
    identities: RowIdentities


class ReadRow(NamedTuple):
    """One row, told apart but not yet read value by value."""

    number: int
    """As the source's own row number has it, else its place among the object's rows."""
    cells: Cells
    customer: str
    key: str
    """The order's UUID; empty where the row has no key."""
    hash: str
    problem: Problem | None = None


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
        self.layout = Layout(self._labels)

    def read(self, rows: Sequence[Cells], done: int) -> list[ReadRow]:
        """Tell rows apart, in their order. done: rows before them, for a source that says no row numbers."""
        customers = [self._of(cells) for cells in rows]
        hashes = self._spread(rows, customers, lambda each: id(each.layout), self._fingerprints)
        keys = self._spread(rows, customers, lambda each: each.customer.canonical, _identities)
        numbers = self._numbers(rows, done)
        return [
            self._row(number, cells, each.customer.canonical, key, fingerprint)
            for number, cells, each, key, fingerprint in zip(
                numbers, rows, customers, keys, hashes, strict=True
            )
        ]

    def record(self, row: ReadRow) -> Record | list[Problem]:
        """The record of a row, or all that is wrong with it."""
        return normalise(self._customers[row.customer].layout, row.cells)

    def hashes_under(self, rows: Sequence[ReadRow], columns: Sequence[str]) -> list[str]:
        """The fingerprints of rows over the columns of another version."""
        return self._spread(
            [row.cells for row in rows],
            [self._customers[row.customer] for row in rows],
            lambda each: id(each.layout),
            lambda each, cells: RowFingerprints(each.layout, columns).of(cells),
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

    def raw(self, row: ReadRow) -> dict[str, str | None]:
        """The row as it came, by header, without what is blank and what a load has added."""
        cells = zip(self._labels, row.cells, strict=False)
        return {label: cell for label, cell in cells if cell and label not in (SOURCE_ROW, LOAD_PROBLEM)}

    def _of(self, cells: Cells) -> CustomerRows:
        place = self.layout.columns.get(CUSTOMER)
        name = cells[place] if place is not None and place < len(cells) else None
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
        groups: dict[Hashable, list[int]] = {}
        for place, each in enumerate(customers):
            groups.setdefault(group_of(each), []).append(place)
        if len(groups) == 1:
            return list(answer(customers[0], rows))
        spread: list[Any] = [None] * len(rows)
        for places in groups.values():
            answers = answer(customers[places[0]], [rows[place] for place in places])
            for place, one in zip(places, answers, strict=True):
                spread[place] = one
        return spread

    def _fingerprints(self, each: CustomerRows, rows: Sequence[Cells]) -> Sequence[str]:
        return RowFingerprints(each.layout, self._columns).of(rows)

    def _row(self, number: int, cells: Cells, customer: str, key: str | Problem, fingerprint: str) -> ReadRow:
        if unread := self._cell(cells, self._problem_place):
            problem = Problem(
                "", "unreadable_row", "", f"It could not be read when the file was loaded: {unread}"
            )
            return ReadRow(number, cells, "", "", "", problem)
        if isinstance(key, Problem):
            return ReadRow(number, cells, customer, "", fingerprint, key)
        return ReadRow(number, cells, customer, key, fingerprint)

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

    def _numbers(self, rows: Sequence[Cells], done: int) -> Iterable[int]:
        if self._number_place is None:
            return range(done + 1, done + len(rows) + 1)
        return [
            int(written)
            if (written := self._cell(cells, self._number_place)) and written.isdecimal()
            else place
            for place, cells in enumerate(rows, done + 1)
        ]


def _identities(each: CustomerRows, rows: Sequence[Cells]) -> Sequence[str | Problem]:
    return each.identities.of(rows)
