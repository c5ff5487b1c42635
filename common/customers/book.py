"""The customer book of a tenant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Self

from common.customers.board import BoardRule
from common.customers.customer import Customer, unknown
from common.customers.names import UNKNOWN, fold
from common.errors import Misconfigured

_FORMAT: Final = 1
_REMEMBERED = 16_384
"""Spellings: many more than the customers of one maker have, and a bound for a source full of nonsense."""


@dataclass(frozen=True)
class CustomerBook:
    """Customers in the order of the file, and the boards' rules, of which the first that matches counts."""

    customers: tuple[Customer, ...] = ()
    boards: tuple[BoardRule, ...] = ()

    def find(self, name: str | None) -> Customer:
        """Who is meant by a name, in any spelling.

        Looked up, folded, among canonical names, aliases and the names of every system. A blank name is UNKNOWN,
        one that nobody has is itself, folded; both with the status unknown.
        """
        return self._find(name or "")

    def board(self, customer: Customer | str, season: str | Sequence[str | None] | None = None) -> str | None:
        """The id of the board that takes an order, or None when no rule does.

        customer: as `find` answers, or any spelling of the name. season: one, or several to be tried together,
        such as the customer's and the maker's own; blank ones count as none.
        """
        name = customer.canonical if isinstance(customer, Customer) else self.find(customer).canonical
        return self._board(name, tuple(_seasons(season)))

    def as_json(self) -> dict[str, Any]:
        """The book as a JSON object, for `from_json`."""
        return {
            "format": _FORMAT,
            "customers": [each.as_json() for each in self.customers],
            "boards": [each.as_json() for each in self.boards],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The book that `as_json` wrote. Raises Misconfigured for one that another release wrote differently."""
        if document.get("format") != _FORMAT:
            raise Misconfigured(
                "The customer book was stored by another release; load the file again: `shelfline customers load FILE`.",
                reason="customer_book_format",
            )
        return cls(
            customers=tuple(map(Customer.from_json, document["customers"])),
            boards=tuple(map(BoardRule.from_json, document["boards"])),
        )

    @cached_property
    def _by_name(self) -> Mapping[str, Customer]:
        """Folded name → customer. In a sound book no two claim one; else the first keeps it."""
        found: dict[str, Customer] = {}
        for customer in self.customers:
            for name in customer.spellings:
                found.setdefault(fold(name), customer)
        return found

    @cached_property
    def _find(self) -> Callable[[str], Customer]:
        @lru_cache(_REMEMBERED)
        def found(name: str) -> Customer:
            folded = fold(name)
            return self._by_name.get(folded) or unknown(folded or UNKNOWN)

        return found

    @cached_property
    def _board(self) -> Callable[[str, tuple[str, ...]], str | None]:
        @lru_cache(_REMEMBERED)
        def found(customer: str, seasons: tuple[str, ...]) -> str | None:
            return next((rule.board for rule in self.boards if rule.takes(customer, seasons)), None)

        return found


def _seasons(season: str | Sequence[str | None] | None) -> Iterator[str]:
    candidates = [season] if season is None or isinstance(season, str) else season
    return (folded for each in candidates if each and (folded := fold(each)))
