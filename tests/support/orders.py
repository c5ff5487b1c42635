"""The orders flow on a real Postgres and the stand-in for monday.com; BigQuery, Cloud Storage and secrets in memory.

@pytest.fixture
def orders(database_url: str, monday: MondayAccount) -> Iterator[OrdersPipeline]:
    pipeline = OrdersPipeline(database_url, monday)
    yield pipeline
    pipeline.close()
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from common.auth.tokens import Principal, Role
from common.customers import store
from common.customers.checking import check
from common.flows.orders import FLOW  # with its own defaults for settings
from common.interface.answers import Answer
from common.interface.changes import Changes
from common.interface.manual_tasks import ManualTasks
from common.settings import Layers, resolve
from common.warehouse.port import Column, Disposition
from functions.fetch.orders.columns_version import Origin, add_version
from functions.fetch.orders.loader import OrdersLoader
from functions.fetch.orders.schema import TABLE, legal_name
from functions.push.orders.report import report
from tests.fakes.secret_store import FakeSecretStore
from tests.support.harness import Pipeline
from tests.support.monday_account import AUTUMN, SPRING, TOKEN, MondayAccount
from tests.support.watched import WatchedEffects, WatchedObjects, WatchedSession, WatchedWarehouse

SIZES = ("XS", "S", "M", "L", "XL")
"""The size columns of the order book."""
HEADERS = (
    "AAG ORDER NUMBER", "CUSTOMER NAME", "PO NUMBER", "AAG SEASON", "CUSTOMER SEASON", "CUSTOMER STYLE", "STYLE DESCRIPTION",
    "CUSTOMER COLOUR DESCRIPTION", "UNIT OF MEASURE", *SIZES, "TOTAL QTY", "ORDER TYPE", "PLANNED DELIVERY METHOD",
    "CUSTOMER PRICE", "EX FACTORY DATE", "NOTES",
)  # fmt: skip
"""The columns of the order book, unless rows bring more; those stand at the end."""

BOOK = f"""
customers:
  - canonical: NORTHWIND
    status: approved
    shipped: NORTHWIND CLOTHIERS
    aliases: [NW CLOTHIERS]
  - canonical: HARBOR & PINE
    status: approved
  - canonical: ALDER (AU)
    status: review
boards:
  - board: "{SPRING}"
    seasons: ["SPRING SUMMER 2026"]
  - board: "{AUTUMN}"
    seasons: ["AUTUMN WINTER 2026"]
"""
"""The customers, unless a test says otherwise. Both boards know TRAIL CO too, which is in no book."""

Row = Mapping[str, str]


def order(
    number: str = "JOO-00505",
    customer: str = "NORTHWIND CLOTHIERS",
    sizes: Any = None,
    **columns: Any,
) -> Row:
    """A row of the order book. sizes: {size: pieces}. Further columns are given as **{"PO NUMBER": "8148-00"}; "" leaves one blank."""
    pieces = {"S": 12, "M": 30} if sizes is None else sizes
    return {
        "AAG ORDER NUMBER": number,
        "CUSTOMER NAME": customer,
        "PO NUMBER": "8148-00",
        "CUSTOMER SEASON": "SPRING SUMMER 2026",
        "CUSTOMER STYLE": "JWHD100120",
        "CUSTOMER COLOUR DESCRIPTION": "WHITE",
        "UNIT OF MEASURE": "PCE",
        **{size: str(quantity) for size, quantity in pieces.items()},
        "TOTAL QTY": str(sum(pieces.values())),
        "ORDER TYPE": "ACTIVE",
        "PLANNED DELIVERY METHOD": "SEA",
        "CUSTOMER PRICE": "$14.50",
        "EX FACTORY DATE": "2026-03-01",
        **columns,
    }


def orders_of(customer: str, count: int, **columns: Any) -> list[Row]:
    """So many orders of one customer: JOO-1000, JOO-1001, …"""
    return [order(f"JOO-{1000 + number}", customer, **columns) for number in range(count)]


def item_name(row: Row) -> str:
    """What an order is called on its board."""
    return f"{row['CUSTOMER STYLE']}{row['CUSTOMER COLOUR DESCRIPTION']}{row['AAG ORDER NUMBER']}"


class OrdersPipeline(Pipeline):
    """Runs of the orders flow. Virtual time is Postgres's and monday.com's."""

    def __init__(self, database_url: str, monday: MondayAccount) -> None:
        super().__init__(database_url)
        self.monday = monday
        self.objects = WatchedObjects(reader_piece=1 << 16)
        self.warehouse = WatchedWarehouse(self.objects, now=self.services.clock.now)
        self.effects = WatchedEffects(self.services.database)
        self.http = WatchedSession()
        self.secrets = FakeSecretStore()
        self.secrets.put("monday", {"token": TOKEN})
        self.services.environment = self.services.environment.model_copy(update={"monday_url": monday.url})
        self.services.objects = self.objects
        self.services.warehouse = self.warehouse
        self.services.effects = self.effects
        self.services.http = self.http
        self.services.secrets = self.secrets
        self.book(BOOK)

    def book(self, text: str) -> None:
        """The customers from now on."""
        checked = check(text)
        assert checked.book is not None, checked.errors
        with self.services.database.transaction() as connection:
            store.load(
                connection,
                "default",
                checked.book,
                content=text.encode(),
                file="customers.yaml",
                by="ada",
            )

    def source(self, *rows: Row, columns: Sequence[str] = HEADERS) -> None:
        """The order book from now on, as a user's file that is loaded."""
        headers = [*columns, *dict.fromkeys(name for row in rows for name in row if name not in columns)]
        text = io.StringIO()
        writer = csv.DictWriter(text, headers, restval="")
        writer.writeheader()
        writer.writerows(rows)
        self.source_file(text.getvalue())

    def source_file(self, text: str) -> None:
        """The same from a file that a test has written itself."""
        loader = OrdersLoader(self.services)
        loader.load(io.BytesIO(text.encode()), file="orders.csv", tenant="default")

    def foreign_source(self, *rows: Row, columns: Sequence[str] = HEADERS) -> None:
        """The order table as another program fills it: without our own two columns, named as BigQuery allows."""
        headers = [*columns, *dict.fromkeys(name for row in rows for name in row if name not in columns)]
        schema = [Column(legal_name(header), "STRING") for header in headers]
        cells = [{legal_name(name): text for name, text in row.items() if text} for row in rows]
        job = f"fill {len(self.warehouse.statements)}"
        self.warehouse.load_rows(job, TABLE, cells, schema, Disposition.REPLACE)

    def run(
        self,
        settings: Mapping[str, Any] | None = None,
        *,
        patience: float = 120,
        by: str = "ada",
        **options: Any,
    ) -> str:
        """Start a run and drive it to its rest; its id. The books balance then."""
        run = self.begin(settings, by=by, **options)
        self.drive(patience=patience)
        self.audit(run)
        return run

    def begin(
        self,
        settings: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        *,
        by: str = "ada",
        **options: Any,
    ) -> str:
        """Start a run; its id."""
        resolved = resolve(Layers(request=dict(settings or {})), flow=FLOW.name)
        return self.runs.start(
            "orders", tenant="default", settings=resolved, options=options, run_id=run_id, by=by
        )

    def audit(self, run: str) -> None:
        """The figures of a run add up, by the deltas, the items, and what the source declared."""
        imbalance = self.imbalance(run)
        assert imbalance is None, (imbalance, self.error(run))
        figures = self.figures(run)
        assert figures.pop("fetched", 0) == sum(figures.values())

    def advance(self, seconds: float) -> None:
        """Move business time forward, monday.com's too."""
        super().advance(seconds)
        self.monday.advance_to(self.one("select offset_seconds from clock"))

    def ends(self, run: str) -> dict[str, tuple[str, str]]:
        """Where each record of a run is: {order number, else the item's key: (state, reason)}."""
        rows = self.sql(
            """
            select coalesce(i.data->'record'->'columns'->>'AAG ORDER NUMBER', s.order_number, i.key), i.state, i.reason
            from items i left join orders s on s.tenant_id = i.tenant_id and s.key = i.key where i.run_id = %s order by i.id
            """,
            run,
        )
        return {number: (state, reason) for number, state, reason in rows}

    def operations(self, run: str) -> dict[str, str]:
        """What a run has found of each order that differs: {order number: new, changed, deleted or reappeared}."""
        rows = self.sql(
            """
            select coalesce(i.data->'record'->'columns'->>'AAG ORDER NUMBER', s.order_number, i.key), i.data->>'operation'
            from items i left join orders s on s.tenant_id = i.tenant_id and s.key = i.key where i.run_id = %s
            """,
            run,
        )
        return {number: operation for number, operation in rows if operation}

    def scope(self, run: str, scope: str = "NORTHWIND") -> Mapping[str, Any]:
        """What a run found of one customer: the row of order_scopes, without those figures that are zero."""
        document: dict[str, Any] = self.one(
            "select to_jsonb(s) from order_scopes s where run_id = %s and scope = %s", run, scope
        )
        left_out = ("tenant_id", "run_id", "scope")
        return {
            name: value
            for name, value in document.items()
            if (name not in left_out and value not in (0, None)) or isinstance(value, bool)
        }

    def changes(self, run: str) -> list[Mapping[str, Any]]:
        """The staged changes of a run, oldest first."""
        rows = self.sql("select to_jsonb(c) from staged_changes c where run_id = %s order by id", run)
        return [row[0] for row in rows]

    def snapshots(self) -> dict[str, str | None]:
        """What is known to stand on the boards: {order's UUID: fingerprint of its source row}."""
        return dict(
            tuple(row)
            for row in self.sql(
                "select key, considered_hash from snapshots where flow = 'orders' and deleted_at is null"
            )
        )

    def quarantine(self) -> list[Mapping[str, Any]]:
        """What is open in quarantine, oldest first."""
        return [
            row[0]
            for row in self.sql("select to_jsonb(q) from quarantine q where state = 'open' order by id")
        ]

    def events(self, run: str, kind: str) -> list[Mapping[str, Any]]:
        """The bodies of a run's events of one kind."""
        rows = self.sql("select body from events where stream = %s and kind = %s order by id", run, kind)
        return [row[0] for row in rows]

    def error(self, run: str) -> Any:
        """Why the run failed: {code, message}, or None."""
        return self.one("select error from runs where id = %s", run)

    def report(self, run: str) -> Mapping[str, Any]:
        """What the run tells of itself beside its figures."""
        with self.services.database.transaction() as connection:
            return report(connection, "default", [run])

    def approve(self, run: str, *, patience: float = 120) -> int:
        """A person approves every change of a run that waits; the run is driven to its rest. How many changes."""
        reviewed = Changes(self.services, _person(Role.APPROVER)).approve(run_id=run)
        self.drive(patience=patience)
        self.audit(run)
        return reviewed.changed

    def reject(self, run: str) -> int:
        """A person rejects every change of a run that waits. How many."""
        reviewed = Changes(self.services, _person(Role.APPROVER)).reject(run_id=run)
        self.drive(patience=120)
        self.audit(run)
        return reviewed.changed

    def answer_tasks(self, run: str, *, patience: float = 120) -> int:
        """A person does every open task of a run, changing nothing; the run is driven to its rest. How many tasks."""
        desk = ManualTasks(self.services, _person(Role.OPERATOR))
        rows = self.sql(
            "select id from manual_tasks where run_id = %s and state in ('open', 'claimed') order by id", run
        )
        for (task_id,) in rows:
            task = desk.claim_one(task_id, "bob")
            desk.complete(task_id, task.fence, "bob", Answer(note="Let it go on."))
        self.drive(patience=patience)
        self.audit(run)
        return len(rows)

    def adopt_columns(self, version: int, columns: Sequence[str]) -> None:
        """The columns that fingerprints cover from now on."""
        with self.services.database.transaction() as connection:
            add_version(connection, "default", version, columns, origin=Origin.PERSON, by="ada")

    def count(self, table: str) -> int:
        """Rows of a table."""
        return int(self.one(f"select count(*) from {table}"))

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        self.warehouse.close()
        self.http.close()


def _person(role: Role) -> Principal:
    return Principal("default", "bob", role)
