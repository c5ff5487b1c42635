"""The entries of `boards` in a book."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from common.customers.board import BoardRule
from common.customers.customer import Customer
from common.customers.fields import Fields, Text
from common.customers.names import fold
from common.customers.problem import Findings

_KNOWN = ("board", "seasons", "customers")
_BOARD_ID = re.compile("[0-9]{1,20}")
_MOST_PAIRS = 100_000
"""Customers times seasons of one rule: nobody writes more by hand, so no longer is anything compared."""
_ALL = ""
"""Stands for every customer, or every season: no folded name is empty."""


def read_rule(fields: Fields, customers: Mapping[str, Customer]) -> BoardRule | None:
    """The rule of an entry. customers: by every folded name. Every problem of the entry is told.

    None for one that names seasons or customers of which none can be read: it must not come to mean all.
    """
    fields.tell_unknown(_KNOWN)
    board = _board(fields)
    seasons = tuple(text.value for text in fields.distinct("seasons"))
    found = _customers(fields, customers)
    if any(fields.get(name) and not read for name, read in (("seasons", seasons), ("customers", found))):
        return None
    return BoardRule(board=board, seasons=seasons, customers=found, line=fields.line)


def tell_unreachable(rules: Iterable[tuple[str, BoardRule]], findings: Findings) -> None:
    """Warn of each rule, by its place, to which earlier ones leave nothing."""
    taken: dict[tuple[str, str], BoardRule] = {}
    for place, rule in rules:
        if len(rule.customers) * len(rule.seasons) > _MOST_PAIRS:
            continue
        takers = [_taker(taken, *pair) for pair in _pairs(rule)]
        if all(takers):
            lines = ", ".join(map(str, sorted({each.line for each in takers if each})))
            detail = (
                f"This rule never matches: line {lines} takes all of it first; move it up, or take it out."
            )
            findings.warn(rule.line, place, "", "unreachable", detail)
        for pair in _pairs(rule):
            taken.setdefault(pair, rule)


def _board(fields: Fields) -> str:
    found = fields.text("board")
    said = 'Write the board\'s id, digits alone, as in its address: board: "2001001".'
    if found is None:
        if fields.get("board") is None:
            fields.error(fields.line_at("board"), "board", "missing", said)
        return ""
    if not _BOARD_ID.fullmatch(found.value):
        fields.error(found.line, "board", "not_an_id", f"{found.value!r} is no id. {said}")
    return found.value


def _customers(fields: Fields, customers: Mapping[str, Customer]) -> tuple[str, ...]:
    found: dict[str, Text] = {}
    for text in fields.texts("customers") or ():
        customer = customers.get(fold(text.value))
        if customer is None:
            detail = f"{text.value} is no customer of this book; add its entry, or correct the name."
            fields.error(text.line, "customers", "unknown_customer", detail)
        elif customer.canonical in found:
            before = found[customer.canonical].line
            detail = (
                f"{customer.canonical} is there twice, in line {before} and line {text.line}; take one out."
            )
            fields.error(text.line, "customers", "duplicate", detail)
        else:
            found[customer.canonical] = text
    return tuple(found)


def _pairs(rule: BoardRule) -> Iterator[tuple[str, str]]:
    return product(rule.customers or (_ALL,), rule.seasons or (_ALL,))


def _taker(taken: Mapping[tuple[str, str], BoardRule], customer: str, season: str) -> BoardRule | None:
    """The earlier rule that takes a pair."""
    ways = ((customer, season), (customer, _ALL), (_ALL, season), (_ALL, _ALL))
    return next((taken[way] for way in ways if way in taken), None)
