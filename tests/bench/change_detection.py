"""From rows in memory to the stored delta: the hash step of the orders flow in one process, on a Postgres of its own.

Everything a run does between the object and the next step is in the time: ids and fingerprints, the COPY, the comparison
with the snapshots, the records of what differs, the items, the figures of every customer, and what is gone. Only reading
the object is left out, as it is of the peers.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count as numbers
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
from tests.bench.order_rows import HEADERS, Row, natural_key

_BOOK = Path(servers.ROOT, "infra", "local", "samples", "customers.yaml")
_TENANT = "default"
_SNAPSHOT = (
    "tenant_id",
    "flow",
    "target",
    "key",
    "considered_hash",
    "target_hash",
    "target_doc",
    "hash_version",
    "scope",
)
_LEASE = 60.0
_ITEMS = "select data->>'operation' as operation, key, (data->>'row')::int as row from items where run_id = %s and state = 'ready'"
_runs = (f"orders-{number}" for number in numbers(1))

Found = dict[str, set[str]]
"""new, changed, deleted → natural keys, as `order_rows.natural_key` writes them."""


class NoTasks:
    """A queue that nobody takes from: the bench itself takes each chunk when its turn comes."""

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """Nothing."""


@contextmanager
def database(server: Postgres, name: str) -> Iterator[Services]:
    """Services on a new database with our schema and the sample's customers."""
    services = Services(Environment(database_url=servers.migrated(server, name), database_pool=2))
    services.tasks = NoTasks()  # another queue behind the port
    content = _BOOK.read_bytes()
    book = check(content).book
    assert book is not None
    with services.database.transaction() as connection:
        load(connection, _TENANT, book, content=content, file=_BOOK.name, by="bench")
    yield services
    services.database.close()


class Comparison:
    """The hash step over rows that are in memory, compared with the snapshots of the book as it was before."""

    def __init__(self, services: Services, before: Sequence[Row]) -> None:
        self._services = services
        self._objects, self._reconcile = OrderObjects(services), Reconcile(services)
        self._keys: dict[str, str] = {}
        with services.database.transaction() as connection:
            version = ensure_version(connection, _TENANT, Layout(HEADERS))
        self._version = version
        self._hold(before)

    def run(self, rows: Sequence[Row]) -> tuple[float, Found]:
        """Seconds from rows in memory to the committed delta, and what that delta says."""
        run = Runs(self._services.database, self._services.waker).start(
            FLOW.name,
            tenant=_TENANT,
            settings=resolve(Layers(request={}), flow=FLOW.name),
            options={},
            run_id=next(_runs),
        )
        objects = self._declare(run, len(rows))
        started = time.perf_counter()
        self._read(objects, rows)
        self._reconciled(run)
        seconds = time.perf_counter() - started
        found = self._found(run, rows)
        self._forget(run)
        return seconds, found

    def _hold(self, before: Sequence[Row]) -> None:
        """Snapshots as a promoted first run leaves them."""
        with self._services.database.transaction() as connection:
            book, columns = current(connection, _TENANT).book, versions(connection, _TENANT)[self._version]
        read = OrderRows(HEADERS, book, _TENANT, columns).read(before, 0)
        self._keys = {row.key: natural_key(cells) for row, cells in zip(read, before, strict=True)}
        with self._services.database.transaction() as connection:
            copy_rows(
                connection,
                "snapshots",
                _SNAPSHOT,
                (
                    (
                        _TENANT,
                        "orders",
                        "monday",
                        row.key,
                        row.hash,
                        "",
                        '{"name": "n"}',
                        self._version,
                        row.customer,
                    )
                    for row in read
                ),
            )
        with self._services.database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("vacuum analyze snapshots")

    def _declare(self, run: str, rows: int) -> Claim:
        """What the source's page leaves: a chunk for the object, one for the reconciliation."""
        (chunk,) = self._chunks(run, "fetch", "")
        cursor = {"object": "in memory", "labels": list(HEADERS), "rows": 0, "hash_version": self._version}
        pieces = [
            Piece(step="hash", cursor=cursor),
            Piece(step="hash", phase="reconcile", cursor={"complete": True}),
        ]
        self._record(self._claimed(chunk, "fetch"), Page(pieces=pieces, declared=rows, last=True))
        (chunk,) = self._chunks(run, "hash", "")
        return self._claimed(chunk, "hash")

    def _read(self, claim: Claim, rows: Sequence[Row]) -> None:
        with self._services.database.transaction() as connection:
            known = self._objects.load(connection, claim)
        for page in self._objects.pages(claim, known, iter(rows)):
            with self._services.database.transaction() as connection:
                settled = self._objects.settle(connection, claim, page)
                closed = self._services.store.record_page_with(
                    connection, claim, FLOW, settled, give_back=False
                )
            assert closed is not None
        self._services.store.after_close(closed)

    def _reconciled(self, run: str) -> None:
        (chunk,) = self._chunks(run, "hash", "reconcile")
        claim = self._claimed(chunk, "hash")
        with self._services.database.transaction() as connection:
            book = self._reconcile.load(connection, claim)
        for page in self._reconcile.read(claim, book):
            with self._services.database.transaction() as connection:
                settled = self._reconcile.settle(connection, claim, page)
                closed = self._services.store.record_page_with(
                    connection, claim, FLOW, settled, give_back=False
                )
            assert closed is not None
            if settled.last:
                return

    def _record(self, claim: Claim, page: Page) -> None:
        closed = self._services.store.record_page(claim, FLOW, page, give_back=False)
        assert closed is not None
        self._services.store.after_close(closed)

    def _claimed(self, chunk: int, step: str) -> Claim:
        claim = self._services.store.claim(chunk, step, _LEASE)
        assert isinstance(claim, Claim), claim
        return claim

    def _chunks(self, run: str, step: str, phase: str) -> list[int]:
        statement = "select id from chunks where run_id = %s and step = %s and phase = %s and kind = 'source'"
        with self._services.database.transaction() as connection:
            return list(connection.exec_driver_sql(statement, (run, step, phase)).scalars())

    def _found(self, run: str, rows: Sequence[Row]) -> Found:
        found: Found = {"new": set(), "changed": set(), "deleted": set()}
        with self._services.database.transaction() as connection:
            for item in connection.exec_driver_sql(_ITEMS, (run,)):
                told = self._keys[item.key] if item.row is None else natural_key(rows[item.row - 1])
                found[item.operation].add(told)
        return found

    def _forget(self, run: str) -> None:
        """End the run, and let each round find the same database."""
        with self._services.database.transaction() as connection:
            connection.exec_driver_sql("update runs set state = 'completed' where id = %s", (run,))
            connection.exec_driver_sql("delete from items where run_id = %s", (run,))
