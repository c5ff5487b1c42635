"""The stand-in as an ASGI application: the API, the URLs of ingest jobs, and the pages for tests."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.clock import SharedClock
from infra.local.faults import FaultBook
from infra.local.vendors.monday import report
from infra.local.vendors.monday.boards_file import read_boards
from infra.local.vendors.monday.counters import Counters
from infra.local.vendors.monday.cursors import Cursors
from infra.local.vendors.monday.jobs import IngestJobs, IngestRules
from infra.local.vendors.monday.limits import Limits
from infra.local.vendors.monday.plans import IP_CALLS, PLANS, Plan
from infra.local.vendors.monday.planted import as_status, dropped
from infra.local.vendors.monday.service import Service, Tokens
from infra.local.vendors.monday.store import Store
from infra.local.vendors.monday.workspace import Workspace


@dataclass(frozen=True)
class Options:
    """What a stand-in is started with."""

    state: Path
    """Folder for everything that outlives it."""
    clock: Path
    """The file of the shared clock."""
    boards: Path
    token: str = "local-token"  # noqa: S105  # opens nothing but the stand-in
    view_only_token: str | None = None
    plan: str = "enterprise"
    personal_token: bool = False
    """Whether the complexity budget is that of a personal token, not of an app's."""
    per_day: int | None = None
    """Instead of the plan's."""
    per_minute: int | None = None
    """Instead of the plan's."""
    concurrent: int | None = None
    """Instead of the plan's."""
    points: int | None = None
    """Complexity a minute, instead of what the token has."""
    ip_calls: int = IP_CALLS
    items_limit: int = 10_000
    """Active items a board may hold."""
    search_lag: float = 0
    """Seconds of the shared clock until a search sees a change."""
    ingest: IngestRules = field(default_factory=IngestRules)

    def limits(self) -> Plan:
        """The plan with what was set instead."""
        plan = PLANS[self.plan]
        return Plan(
            self.per_day or plan.per_day,
            self.per_minute or plan.per_minute,
            self.concurrent or plan.concurrent,
            plan.points,
        )


def application(options: Options) -> Starlette:
    """The application; its lifespan closes what it opens."""
    return Monday(options).starlette()


class Monday:
    """One account and what answers for it."""

    def __init__(self, options: Options) -> None:
        self._now = now = SharedClock(options.clock).timestamp
        self._store = store = Store(options.state)
        self._faults = FaultBook()
        key = _kept_key(store)
        self._workspace = _workspace(store, options, now)
        self._limits = Limits(
            options.limits(),
            now,
            store.fact("budgets"),
            personal=options.personal_token,
            ip_calls=options.ip_calls,
            points=options.points,
        )
        self._counters = Counters(store.fact("counters"))
        self._jobs = IngestJobs(
            store, self._workspace, self._limits, options.state, now, key, options.ingest, self._job_fails
        )
        self._service = Service(
            Tokens(options.token, options.view_only_token),
            store,
            self._workspace,
            self._limits,
            self._counters,
            Cursors(key, now),
            self._jobs,
            self._faults,
            now,
        )

    def starlette(self) -> Starlette:
        """The routes."""
        routes = [
            Route("/v2", self._service.serve, methods=["POST"]),
            Route("/uploads/{job}", self._upload, methods=["PUT"]),
            Route("/reports/{job}", self._report),
            Route("/_health", self._health),
            Route("/_calls", self._calls),
            Route("/_boards", self._boards),
            Route("/_boards/{board}", self._board),
            *self._faults.routes(),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._jobs.resume()
        yield
        await self._jobs.close()
        self._store.close()

    def _job_fails(self, board_id: str) -> int | None:
        fault = self._faults.take("monday.ingest", board=board_id)
        return None if fault is None else int(fault.parameters.get("after_rows", 0)) + 1

    async def _upload(self, request: Request) -> Response:
        """PUT of a CSV; like storage behind a signed URL, it knows no token and no budgets."""
        job_id = request.path_params["job"]
        if not self._allowed("uploads", job_id, request):
            return _expired_url()
        fault = self._faults.take("monday.upload")
        if fault is not None and fault.kind == "status":
            return as_status(fault.parameters, self._limits)
        self._jobs.upload(job_id, await request.body())
        taken = Response(b" " * 64)
        return taken if fault is None else dropped(taken)

    async def _report(self, request: Request) -> Response:
        job_id = request.path_params["job"]
        if not self._allowed("reports", job_id, request):
            return _expired_url()
        return Response(self._jobs.report(job_id), media_type="text/csv")

    def _allowed(self, kind: str, job_id: str, request: Request) -> bool:
        query = request.query_params
        return self._jobs.allows(kind, job_id, query.get("expires", "0"), query.get("signature", ""))

    async def _health(self, _: Request) -> Response:
        return _json({"now": self._now(), "items": len(self._workspace.items)})

    async def _calls(self, _: Request) -> Response:
        peak = {"peak_concurrent_calls": self._limits.peak_concurrent, "used": self._limits.used()}
        return _json(self._counters.facts() | peak)

    async def _boards(self, _: Request) -> Response:
        return _json(report.all_boards(self._workspace))

    async def _board(self, request: Request) -> Response:
        found = report.one_board(self._workspace, request.path_params["board"])
        return Response("no such board", 404) if found is None else _json(found)


def _workspace(store: Store, options: Options, now: Callable[[], float]) -> Workspace:
    """The boards as they were last written, and those of the file that are new."""
    boards = {board.id: board for board in read_boards(options.boards)}
    boards |= {board.id: board for board in store.boards()}
    with store.transaction():
        store.write_boards(boards.values())
    return Workspace(
        boards.values(),
        store.items(),
        now,
        items_limit=options.items_limit,
        search_lag=options.search_lag,
    )


def _kept_key(store: Store) -> bytes:
    """The key that signs cursors and URLs, the same after a restart."""
    kept = store.fact("key")
    if kept is None:
        kept = secrets.token_hex(32)
        with store.transaction():
            store.write_facts({"key": kept})
    return bytes.fromhex(str(kept))


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")


def _expired_url() -> Response:
    body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    return Response(body, 403, media_type="application/xml")
