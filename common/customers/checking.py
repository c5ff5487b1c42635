"""Reads a customer book, or says everything that is wrong with it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

import yaml

from common.customers import document
from common.customers.board import BoardRule
from common.customers.book import CustomerBook
from common.customers.checked_file import CheckedFile
from common.customers.claims import tell_conflicts
from common.customers.customer import MOST_APPROVED, Customer
from common.customers.entry import Entry, label, read_entry
from common.customers.fields import Fields
from common.customers.names import fold
from common.customers.problem import Findings, TooManyProblems
from common.customers.rules import read_rule, tell_unreachable

_KNOWN: Final = ("review_count", "customers", "boards")
_HINT = "`customers:` and below it `- canonical: NAME`"


class Checked(CheckedFile[CustomerBook]):
    """What a customer book says, and what is wrong with it."""

    @property
    def book(self) -> CustomerBook | None:
        """The book, if there is no error in it."""
        return self.valid


def check(content: bytes | str) -> Checked:
    """Read a file's content, YAML in UTF-8. Never raises: whatever is wrong is among the problems."""
    findings = Findings()
    reading = _Reading(findings)
    with suppress(TooManyProblems):  # the last problem says so
        reading.read(content)
    return Checked(
        CustomerBook(tuple(reading.customers), tuple(reading.boards)),
        findings.by_line(),
        reading.is_readable,
    )


class _Reading:
    """What was read so far."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.customers: list[Customer] = []
        self.boards: list[BoardRule] = []
        self.is_readable = False
        self._approved = 0

    def read(self, content: bytes | str) -> None:
        """Read everything. Raises TooManyProblems."""
        root = document.read(content, self._findings)
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            detail = f"A customer book is a mapping; begin with {_HINT}."
            self._findings.error(document.line_of(root), "", "", "not_a_mapping", detail)
            return
        self.is_readable = True
        fields = Fields(root, "", self._findings)
        fields.tell_unknown(_KNOWN)
        self._read_customers(fields)
        self._read_boards(fields)
        _compare_count(fields, self.customers)

    def _read_customers(self, fields: Fields) -> None:
        entries: list[Entry] = []
        for place, node in _mappings(fields, "customers"):
            entry = read_entry(Fields(node, label(node, place), self._findings))
            if entry is not None:
                entries.append(entry)
                self.customers.append(self._placed(entry.customer))
        if fields.is_empty("customers"):
            detail = f"There are no customers; write {_HINT}."
            fields.error(fields.line_at("customers"), "customers", "missing", detail)
        tell_conflicts(entries, self._findings)

    def _placed(self, customer: Customer) -> Customer:
        """The customer with its position: approved ones count from 1."""
        if customer.status != "approved":
            return customer
        self._approved += 1
        if self._approved > MOST_APPROVED:
            detail = f"At most {MOST_APPROVED} customers can be approved; split the book, one tenant each."
            self._findings.error(customer.line, customer.canonical, "status", "too_many_approved", detail)
        return replace(customer, position=self._approved)

    def _read_boards(self, fields: Fields) -> None:
        known = {fold(name): customer for customer in reversed(self.customers) for name in customer.spellings}
        placed: list[tuple[str, BoardRule]] = []
        for place, node in _mappings(fields, "boards"):
            rule = read_rule(Fields(node, place, self._findings), known)
            if rule is not None:
                self.boards.append(rule)
                placed.append((place, rule))
        if fields.is_empty("boards"):
            detail = (
                'No board is named, so no order can be pushed; write `boards:` and below it `- board: "ID"`.'
            )
            fields.warn(fields.line_at("boards"), "boards", "missing", detail)
        tell_unreachable(placed, self._findings)


def _mappings(fields: Fields, name: str) -> Iterator[tuple[str, yaml.MappingNode]]:
    """The entries of a list with their places, counted from 1; one that is no mapping is told."""
    for number, node in enumerate(fields.sequence(name), 1):
        if isinstance(node, yaml.MappingNode):
            yield f"{name}[{number}]", node
        else:
            detail = f"Entry {number} is no mapping; write its `key: value` lines below `- `."
            fields.error(document.line_of(node), name, "not_a_mapping", detail)


def _compare_count(fields: Fields, customers: list[Customer]) -> None:
    """Warn when the file's own count of customers under review is not what is in it."""
    said = fields.text("review_count")
    actual = sum(each.status == "review" for each in customers)
    if said is not None and said.value != str(actual):
        detail = f"It says {said.value}, but {actual} have the status review; correct whichever is wrong."
        fields.warn(said.line, "review_count", "miscounted", detail)
