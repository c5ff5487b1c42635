"""The customer book of the tenant: checked, loaded, looked up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.auth.tokens import Role
from common.customers import BookProblem, Customer, CustomerBook, fold, store
from common.customers.checked_file import FileRefused
from common.errors import NotFound, Usage
from common.interface.desk import Desk, View, tell

_LONGEST_NAME = 1000


class BookProblemView(View):
    """One thing that is wrong with a book. line: as an editor counts; severity: error or warning."""

    line: int
    entry: str
    field: str
    reason: str
    detail: str
    severity: str


class BookCounts(View):
    """How much a book says. approved and review: of the customers; spellings: all names together."""

    customers: int
    approved: int
    review: int
    spellings: int
    boards: int


class CheckedBook(View):
    """What is wrong with a file. ok: whether it can be loaded; errors and warnings: how many of the problems."""

    file: str
    ok: bool
    is_readable: bool
    """False when it is no YAML of a customer book at all."""
    counts: BookCounts
    errors: int
    warnings: int
    problems: list[BookProblemView]


class BookVersion(View):
    """A version of a book, and what it was made from."""

    version: int
    file: str
    content_hash: str
    loaded_at: datetime
    loaded_by: str


class LoadedBook(BookVersion):
    """The version that is valid after a load. changed: False when the same content was valid before."""

    changed: bool
    counts: BookCounts
    problems: list[BookProblemView]
    """Warnings: with an error nothing is loaded."""


class CustomerView(View):
    """A customer: its canonical name, its status, whose turn it is, every name it goes by, and its own columns."""

    canonical: str
    status: str
    position: int
    spellings: list[str]
    unique_keys: list[str]
    extra_checks: list[str]
    column_mapping: Mapping[str, str | None]
    line: int


class BoardView(View):
    """Which orders a board takes; no seasons or no customers: all."""

    board: str
    seasons: list[str]
    customers: list[str]
    line: int


class BookView(BookVersion):
    """The valid book."""

    customers: list[CustomerView]
    boards: list[BoardView]


class FoundCustomer(View):
    """Who is meant by a name. folded: the form in which it was looked up; version: of the book that says so."""

    name: str
    folded: str
    customer: CustomerView
    version: int


class BookRefused(FileRefused):
    """The customer book has errors, so it was not loaded."""

    reason = "customer_book_errors"


class Customers(Desk):
    """The tenant's customers."""

    def check(self, content: bytes | str, file: str) -> CheckedBook:
        """Everything that is wrong with a file; nothing is stored."""
        return checked(content, file)

    def load(self, content: bytes, file: str) -> LoadedBook:
        """Make a file the tenant's valid book, all of it or nothing; the same content again changes nothing.

        Raises BookRefused, with every problem, for a book with an error.
        """
        from common.customers.checking import check  # with its parser, only where it is used

        self.require(Role.OPERATOR)
        found = check(content)
        if found.book is None:
            raise BookRefused(file, "customers", found.errors)
        with self.transaction() as connection:
            stored, changed = store.load(
                connection, self.tenant, found.book, content=content, file=file, by=self.principal.name
            )
            if changed:
                body = {"version": stored.version, "file": file, "hash": stored.content_hash}
                body["by"] = self.principal.name
                tell(connection, self.tenant, f"tenant/{self.tenant}", "customers_loaded", body)
        return LoadedBook(
            **_version(stored),
            changed=changed,
            counts=_counts(stored.book),
            problems=_problems(found.warnings),
        )

    def show(self) -> BookView:
        """The valid book. Raises NotFound when none was loaded."""
        stored = self._current()
        return BookView(
            **_version(stored),
            customers=[_customer(each) for each in stored.book.customers],
            boards=[BoardView(**each.as_json()) for each in stored.book.boards],
        )

    def find(self, name: str) -> FoundCustomer:
        """Who is meant by a name, in any spelling. Raises NotFound when no book was loaded."""
        if len(name) > _LONGEST_NAME:
            raise Usage(f"A customer's name has at most {_LONGEST_NAME} characters.", reason="bad_name")
        stored = self._current()
        return FoundCustomer(
            name=name, folded=fold(name), customer=_customer(stored.book.find(name)), version=stored.version
        )

    def _current(self) -> store.StoredBook:
        with self.transaction() as connection:
            found = store.find(connection, self.tenant)
        if found is None:
            raise NotFound(
                "There is no customer book yet; write one and load it: `shelfline customers load FILE`.",
                reason="no_customer_book",
            )
        return found


def checked(content: bytes | str, file: str) -> CheckedBook:
    """Everything that is wrong with a file, without any service: it is checked wherever it lies."""
    from common.customers.checking import check

    found = check(content)
    return CheckedBook(
        file=file,
        ok=not found.errors,
        is_readable=found.is_readable,
        counts=_counts(found.draft),
        errors=len(found.errors),
        warnings=len(found.warnings),
        problems=_problems(found.problems),
    )


def _counts(book: CustomerBook) -> BookCounts:
    statuses = [each.status for each in book.customers]
    return BookCounts(
        customers=len(statuses),
        approved=statuses.count("approved"),
        review=statuses.count("review"),
        spellings=len({fold(name) for each in book.customers for name in each.spellings}),
        boards=len(book.boards),
    )


def _problems(problems: Sequence[BookProblem]) -> list[BookProblemView]:
    return [BookProblemView(**each.as_json()) for each in problems]


def _version(stored: store.StoredBook) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in BookVersion.model_fields}


def _customer(customer: Customer) -> CustomerView:
    return CustomerView(
        canonical=customer.canonical,
        status=customer.status,
        position=customer.position,
        spellings=list(customer.spellings),
        unique_keys=list(customer.unique_keys),
        extra_checks=list(customer.extra_checks),
        column_mapping=customer.column_mapping,
        line=customer.line,
    )
