"""The orders flow with the API on it: what people do about runs as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from common.auth.tokens import Principal, Role
from tests.integration.api.conftest import address, application, people, server_address
from tests.support import orders as harness
from tests.support.monday_account import AUTUMN, SPRING, MondayAccount

__all__ = ["address", "application", "people", "server_address"]

BOOK = f"""
customers:
  - {{canonical: NORTHWIND, status: approved, shipped: NORTHWIND CLOTHIERS}}
  - {{canonical: HARBOR & PINE, status: approved}}
boards:
  - {{board: "{SPRING}", seasons: ["SPRING SUMMER 2026"]}}
  - {{board: "{AUTUMN}"}}
"""
ADA = Principal("default", "ada", Role.APPROVER)
LATER = {"CUSTOMER_SEASON": "AUTUMN WINTER 2026"}
"""Fields of an order that goes to the other board."""


def order(number: int, sizes: Mapping[str, int] | None = None, **fields: str) -> harness.Row:
    """A row of the order book: two lines, 42 pieces. Columns by their names with underscores."""
    columns = {name.replace("_", " "): value for name, value in fields.items()}
    customer = columns.pop("CUSTOMER NAME", "NORTHWIND CLOTHIERS")
    return harness.order(f"JOO-{number:05}", customer, sizes, **columns)


def some(count: int) -> list[harness.Row]:
    """So many orders, every third of them for the first board."""
    return [order(number, **(LATER if number % 3 else {})) for number in range(count)]


def name(number: int) -> str:
    """What an order is called on its board."""
    return harness.item_name(order(number))


class Orders(harness.OrdersPipeline):
    """Runs of the orders flow, as those who start them see them."""

    def run(self, settings: Mapping[str, Any] | None = None, **options: Any) -> str:
        """Start a run and drive it to its rest, without an error; its id."""
        run = super().run(settings, **options)
        assert self.error(run) is None
        return run

    def reasons(self, run: str) -> dict[tuple[str, str], int]:
        """(state, reason) → items of the run."""
        statement = "select state, reason, count(*) from items where run_id = %s group by 1, 2"
        return {(state, reason): count for state, reason, count in self.sql(statement, run)}

    def staged(self, run: str) -> dict[tuple[str, str], int]:
        """(operation, state) → changes of the run."""
        statement = "select operation, state, count(*) from staged_changes where run_id = %s group by 1, 2"
        return {(operation, state): count for operation, state, count in self.sql(statement, run)}

    def calls(self) -> int:
        """Requests that monday.com was sent so far."""
        counted = self.monday.calls()
        return counted.get("queries", 0) + counted.get("mutations", 0)

    def writes(self) -> int:
        """Requests with mutations among them."""
        return self.monday.calls().get("mutations", 0)


@pytest.fixture
def orders(database_url: str, monday: MondayAccount) -> Iterator[Orders]:
    """The orders flow, with nothing at its source yet."""
    made = Orders(database_url, monday)
    made.book(BOOK)
    yield made
    made.close()


@pytest.fixture
def pipeline(orders: Orders) -> Orders:
    """What the API serves."""
    return orders
