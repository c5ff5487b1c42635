"""Rows of one source, customer by customer: which order each is, and its fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from common.customers.book import CustomerBook
from common.customers.customer import Customer
from common.problems import Problem
from functions.fetch.orders.columns import CUSTOMER
from functions.fetch.orders.layout import Cells, Layout
from functions.fetch.orders.record import Record, normalise
from functions.fetch.orders.schema import LOAD_PROBLEM, SOURCE_ROW
from functions.hash.orders.fingerprints import RowFingerprints
from functions.hash.orders.identity import RowIdentities


@dataclass(frozen=True)
class CustomerRows:
    """How one customer's rows are read: with its own headers and its own unique keys."""

    customer: Customer
    layout: Layout
    identities: RowIdentities
    tenant: str

    def fingerprints(self, columns: Sequence[str]) -> RowFingerprints:
        """Fingerprints over a version's columns, and what the customer's own headers stand for: nobody else may have that."""
        return RowFingerprints(self.layout, {*columns, *self.layout.mapped_columns})


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row, told apart but not yet read value by value."""

    number: int
    """As the source's own row number has it, else its place among the objects' rows."""
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
        self._fingerprints: dict[str, RowFingerprints] = {}
        self.layout = Layout(self._labels)

    def read(self, cells: Cells, place: int) -> ReadRow:
        """Tell a row apart. place: its row number, where the source does not say one."""
        number = self._number(cells, place)
        if unread := self._cell(cells, self._problem_place):
            problem = Problem(
                "", "unreadable_row", "", f"It could not be read when the file was loaded: {unread}"
            )
            return ReadRow(number, cells, "", "", "", problem)
        rows = self._of(cells)
        name = rows.customer.canonical
        key = rows.identities(cells)
        hash_ = self._fingerprints[name](cells)
        if isinstance(key, Problem):
            return ReadRow(number, cells, name, "", hash_, key)
        return ReadRow(number, cells, name, key, hash_)

    def record(self, row: ReadRow) -> Record | list[Problem]:
        """The record of a row, or all that is wrong with it."""
        return normalise(self._customers[row.customer].layout, row.cells)

    def hash_under(self, row: ReadRow, columns: Sequence[str]) -> str:
        """The fingerprint of a row over the columns of another version."""
        return self._customers[row.customer].fingerprints(columns)(row.cells)

    def label(self, row: ReadRow) -> str:
        """The natural key of a row, for people."""
        return self._customers[row.customer].identities.key_text(row.cells)

    def position(self, row: ReadRow) -> int:
        """Whose turn the row's customer is."""
        return self._customers[row.customer].customer.position

    def raw(self, row: ReadRow) -> dict[str, str | None]:
        """The row as it came, by header, without what is blank.

        Its number is left out: a bad row that moves is the same to mend. One that could not be read has nothing else.
        """
        cells = {label: cell for label, cell in zip(self._labels, row.cells, strict=False) if cell}
        if LOAD_PROBLEM not in cells:
            cells.pop(SOURCE_ROW, None)
        return cells

    def _of(self, cells: Cells) -> CustomerRows:
        place = self.layout.columns.get(CUSTOMER)
        name = cells[place] if place is not None and place < len(cells) else None
        customer = self._book.find(name)
        found = self._customers.get(customer.canonical)
        return found if found is not None else self._learn(customer)

    def _learn(self, customer: Customer) -> CustomerRows:
        layout = Layout(self._labels, customer.column_mapping) if customer.column_mapping else self.layout
        identities = RowIdentities(layout, self._tenant, customer.canonical, customer.unique_keys)
        rows = CustomerRows(customer, layout, identities, self._tenant)
        self._customers[customer.canonical] = rows
        self._fingerprints[customer.canonical] = rows.fingerprints(self._columns)
        return rows

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

    def _number(self, cells: Cells, place: int) -> int:
        written = self._cell(cells, self._number_place)
        return int(written) if written and written.isdecimal() else place
