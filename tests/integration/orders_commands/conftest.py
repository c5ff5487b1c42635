"""The orders flow on a Postgres of each test's own, with the stand-in for monday.com on a socket; BigQuery and Cloud Storage in memory."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from common.customers import store
from common.customers.checking import check
from common.environment import Environment
from functions.fetch.orders.loader import OrdersLoader
from infra.local.vendors.monday.application import Options
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.warehouse import FakeWarehouse
from tests.integration.api.conftest import application, server_address
from tests.integration.monday.conftest import StandIn, _serving
from tests.support.harness import Pipeline
from tests.support.migrated import database_url, migrated
from tests.support.postgres import server

__all__ = ["application", "database_url", "migrated", "server", "server_address"]

ITEMS, LATER = "2001001", "2001002"
"""Boards of the sample: orders of SPRING SUMMER 2026, and all others."""
SIZES = ("S", "M", "L")
HEADERS = (
    "AAG ORDER NUMBER", "CUSTOMER NAME", "PO NUMBER", "CUSTOMER SEASON", "CUSTOMER STYLE",
    "CUSTOMER COLOUR DESCRIPTION", "UNIT OF MEASURE", *SIZES, "TOTAL QTY", "ORDER TYPE", "NOTES",
)  # fmt: skip
BOOK = f"""
customers:
  - {{canonical: NORTHWIND, status: approved, shipped: NORTHWIND CLOTHIERS}}
  - {{canonical: TALLOW, status: review}}
boards:
  - {{board: "{ITEMS}", seasons: ["SPRING SUMMER 2026"]}}
  - {{board: "{LATER}"}}
"""
_BOARDS = Path(__file__).parents[3] / "infra/local/samples/monday_boards.json"
Row = Mapping[str, str]


def order(number: int, **fields: str) -> dict[str, str]:
    """A row of the order book: two lines, 30 pieces."""
    row = {
        "AAG ORDER NUMBER": f"JOO-{number:05}",
        "CUSTOMER NAME": "NORTHWIND CLOTHIERS",
        "PO NUMBER": "8148-00",
        "CUSTOMER SEASON": "SPRING SUMMER 2026",
        "CUSTOMER STYLE": "JWHD100120",
        "CUSTOMER COLOUR DESCRIPTION": "WHITE",
        "UNIT OF MEASURE": "PCE",
        "S": "12",
        "M": "18",
        "TOTAL QTY": "30",
        "ORDER TYPE": "ACTIVE",
    }
    return row | {name.replace("_", " "): value for name, value in fields.items()}


def order_book(rows: Sequence[Row], headers: Sequence[str] = HEADERS) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


class Orders(Pipeline):
    """Runs of the orders flow, beside a stand-in for monday.com."""

    def __init__(self, database_url: str, stand_in: StandIn) -> None:
        super().__init__(database_url)
        self.monday = stand_in
        self.objects = FakeObjectStore()
        self.warehouse = FakeWarehouse(self.objects)
        services = self.services
        services.environment = Environment(
            database_url=database_url, database_pool=4, monday_url=stand_in.url
        )
        services.objects = self.objects  # type: ignore[misc]
        services.warehouse = self.warehouse  # type: ignore[misc]
        secrets = FakeSecretStore()
        secrets.put("monday", {"token": Options.token})
        services.secrets = secrets  # type: ignore[misc]
        services.http = stand_in.session  # type: ignore[misc]
        self.book(BOOK)

    def book(self, text: str) -> None:
        """Make this the customer book."""
        found = check(text)
        assert found.book is not None, found.problems
        with self.services.database.transaction() as connection:
            store.load(
                connection, "default", found.book, content=text.encode(), file="book.yaml", by="a test"
            )

    def source(self, *rows: Row, headers: Sequence[str] = HEADERS) -> None:
        """Make these rows the order book."""
        loader = OrdersLoader(self.services)
        loader.load(io.BytesIO(order_book(rows, headers)), file="orders.csv", tenant="default")

    def run(self, settings: Mapping[str, Any] | None = None, *, patience: float = 120, **options: Any) -> str:
        """Start a run and drive it to its rest; its id."""
        run = self.start("orders", settings, **options)
        self.drive(patience=patience)
        assert self.error(run) is None
        assert self.imbalance(run) is None
        return run

    def error(self, run: str) -> Any:
        """Why the run failed: {code, message}, or None."""
        return self.one("select error from runs where id = %s", run)

    def reasons(self, run: str) -> dict[tuple[str, str], int]:
        """(state, reason) → items of the run."""
        rows = self.sql(
            "select state, reason, count(*) from items where run_id = %s group by 1, 2 order by 1, 2", run
        )
        return {(state, reason): count for state, reason, count in rows}

    def operations(self, run: str) -> dict[tuple[str, str], int]:
        """(operation, state) → changes of the run."""
        rows = self.sql(
            "select operation, state, count(*) from staged_changes where run_id = %s group by 1, 2", run
        )
        return {(operation, state): count for operation, state, count in rows}

    def told(self, run: str, kind: str) -> list[Any]:
        """The events of one kind in the run's story."""
        rows = self.sql("select body from events where stream = %s and kind = %s order by at", run, kind)
        return [row[0] for row in rows]

    def items(self, board: str = ITEMS) -> dict[str, dict[str, Any]]:
        """The active items of a board by name, as its owner would see them."""
        return {item["name"]: item for item in self.monday.held(board)["items"] if item["state"] == "active"}

    def writes(self) -> int:
        """Mutations that monday.com was sent so far."""
        return self.monday.total("mutations")

    def close(self) -> None:
        """Let go of the databases."""
        super().close()
        self.warehouse.close()


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    """monday.com with the boards of the local stack."""
    boards = tmp_path / "boards.json"
    boards.write_text(json.dumps(json.loads(_BOARDS.read_text())))
    with _serving(Options(state=tmp_path / "state", clock=tmp_path / "clock", boards=boards)) as running:
        yield running


@pytest.fixture
def orders(database_url: str, stand_in: StandIn) -> Iterator[Orders]:
    """The orders flow, with nothing at its source yet."""
    made = Orders(database_url, stand_in)
    yield made
    made.close()


@pytest.fixture
def pipeline(orders: Orders) -> Orders:
    """What the fixtures of the API serve."""
    return orders


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Connections of a test's own."""
    with requests.Session() as made:
        yield made
