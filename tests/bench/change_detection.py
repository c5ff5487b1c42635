"""The hash step of the orders flow in one process, on a Postgres of its own: from rows to the stored delta.

Everything a run does between the object and the next step is done: ids and fingerprints, the COPY, the comparison with the
snapshots, the records of what differs, the items, the figures of every customer, and what is gone.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count as numbers
from itertools import islice
from pathlib import Path

from common.customers.checking import check
from common.customers.store import current, load
from common.database.copy import copy_rows
from common.environment import Environment
from common.flows.orders import FLOW
from common.pipeline.flow import Page, Piece
from common.pipeline.item import Claim
from common.pipeline.runs import Runs
from common.services import Services
from common.settings import Layers, resolve
from common.tasks.queue import Task
from functions.fetch.orders.columns_version import ensure_version, versions
from functions.fetch.orders.layout import Layout
from functions.hash.orders.objects import OrderObjects
from functions.hash.orders.reconcile import Reconcile
from functions.hash.orders.rows import OrderRows
from infra.local.postgres import Postgres
from tests.bench import servers
from tests.bench.order_rows import HEADERS, Row
from tests.support.processes import ROOT

TENANT = "default"
_BOOK = Path(ROOT, "infra", "local", "samples", "customers.yaml")
_SNAPSHOT = (
    *("tenant_id", "flow", "target", "key", "considered_hash", "target_hash", "target_doc"),
    *("hash_version", "scope"),
)
_LEASE = 600.0
_HELD_AT_ONCE = 5000
_ITEMS = """
select data->>'operation' as operation, key, (data->>'row')::int as row from items where run_id = %s and state = 'ready'
"""
_runs = (f"orders-{number}" for number in numbers(1))


class NoTasks:
    """A queue that nobody takes from: the bench itself takes each chunk when its turn comes."""

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """Nothing."""


def services_on(url: str) -> Services:
    """Services on a migrated database, without a queue."""
    services = Services(Environment(database_url=url, database_pool=2))
    services.tasks = NoTasks()  # another queue behind the port
    return services


@contextmanager
def database(server: Postgres, name: str) -> Iterator[Services]:
    """Services on a new database with our schema and the sample's customers."""
    services = services_on(servers.migrated(server, name))
    know_customers(services)
    yield services
    services.database.close()


def know_customers(services: Services) -> None:
    """Load the sample's customer book."""
    content = _BOOK.read_bytes()
    book = check(content).book
    assert book is not None
    with services.database.transaction() as connection:
        load(connection, TENANT, book, content=content, file=_BOOK.name, by="bench")


def hold(services: Services, rows: Iterable[Row]) -> dict[str, int]:
    """Make snapshots of these rows, as a promoted first run leaves them: key → the row's place."""
    keys: dict[str, int] = {}
    with services.database.transaction() as connection:
        version = ensure_version(connection, TENANT, Layout(HEADERS))
        book, columns = current(connection, TENANT).book, versions(connection, TENANT)[version]
        reader, left = OrderRows(HEADERS, book, TENANT, columns), iter(rows)
        while part := list(islice(left, _HELD_AT_ONCE)):
            read = reader.read(reader.raw_rows(part, len(keys)))
            snapshots = (
                (TENANT, "orders", "monday", row.key, row.hash, "", '{"name": "n"}', version, row.customer)
                for row in read
            )
            copy_rows(connection, "snapshots", _SNAPSHOT, snapshots)
            keys.update((row.key, len(keys)) for row in read)
    with services.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze snapshots")
    return keys


class HashStep:
    """Runs of the hash step alone."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._objects, self._reconcile = OrderObjects(services), Reconcile(services)

    def compare(self, rows: Sequence[Row]) -> tuple[float, str]:
        """Seconds from rows in memory to the committed delta, and the run that found it."""
        claim = self._declare(len(rows), "in memory")
        started = time.perf_counter()
        with self._services.database.transaction() as connection:
            known = self._objects.load(connection, claim)
        self._settle(claim, self._objects, self._objects.pages(claim, known, iter(rows)))
        self._reconciled(claim.run.id)
        return time.perf_counter() - started, claim.run.id

    def compare_object(self, name: str, rows: int) -> float:
        """The same from an object of so many rows, which is read a segment at a time."""
        claim = self._declare(rows, name)
        started = time.perf_counter()
        with self._services.database.transaction() as connection:
            known = self._objects.load(connection, claim)
        self._settle(claim, self._objects, self._objects.read(claim, known))
        self._reconciled(claim.run.id)
        return time.perf_counter() - started

    def found(self, run: str) -> dict[str, list[tuple[str, int | None]]]:
        """What a run has found: new, changed, deleted → (key, row of the source), the row None for what is gone."""
        found: dict[str, list[tuple[str, int | None]]] = {"new": [], "changed": [], "deleted": []}
        with self._services.database.transaction() as connection:
            for item in connection.exec_driver_sql(_ITEMS, (run,)):
                found[item.operation].append((item.key, item.row))
        return found

    def forget(self, run: str) -> None:
        """End a run and drop its items, so that each round finds the same database."""
        with self._services.database.transaction() as connection:
            connection.exec_driver_sql("update runs set state = 'completed' where id = %s", (run,))
            connection.exec_driver_sql("delete from items where run_id = %s", (run,))

    def _declare(self, rows: int, name: str) -> Claim:
        """A run whose source has declared one object and the reconciliation; the claim of the object's chunk."""
        settings = resolve(Layers(request={}), flow=FLOW.name)
        runs = Runs(self._services.database, self._services.waker)
        run = runs.start(FLOW.name, tenant=TENANT, settings=settings, options={}, run_id=next(_runs))
        with self._services.database.transaction() as connection:
            version = ensure_version(connection, TENANT, Layout(HEADERS))
        cursor = {
            "object": name,
            "names": list(HEADERS),
            "labels": list(HEADERS),
            "rows": 0,
            "hash_version": version,
            "load": "",
        }
        pieces = [
            Piece(step="hash", cursor=cursor),
            Piece(step="hash", phase="reconcile", cursor={"complete": True}),
        ]
        source = self._claim(run, "fetch", "")
        closed = self._services.store.record_page(
            source, FLOW, Page(pieces=pieces, declared=rows, last=True), give_back=False
        )
        assert closed is not None
        self._services.store.after_close(closed)
        return self._claim(run, "hash", "")

    def _reconciled(self, run: str) -> None:
        claim = self._claim(run, "hash", "reconcile")
        with self._services.database.transaction() as connection:
            book = self._reconcile.load(connection, claim)
        self._settle(claim, self._reconcile, self._reconcile.read(claim, book))

    def _settle(self, claim: Claim, adapter: OrderObjects | Reconcile, pages: Iterator[Page]) -> None:
        """Record pages until the last, as the engine does."""
        for page in pages:
            with self._services.database.transaction() as connection:
                settled = adapter.settle(connection, claim, page)
                closed = self._services.store.record_page_with(
                    connection, claim, FLOW, settled, give_back=False
                )
            assert closed is not None
            if settled.last:
                self._services.store.after_close(closed)
                return

    def _claim(self, run: str, step: str, phase: str) -> Claim:
        statement = "select id from chunks where run_id = %s and step = %s and phase = %s and kind = 'source'"
        with self._services.database.transaction() as connection:
            chunk = connection.exec_driver_sql(statement, (run, step, phase)).scalar_one()
        claim = self._services.store.claim(chunk, step, _LEASE)
        assert isinstance(claim, Claim), claim
        return claim
