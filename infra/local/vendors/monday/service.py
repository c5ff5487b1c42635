"""One call from its arrival to its answer."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, execute
from starlette.requests import Request
from starlette.responses import Response

from infra.local.faults import Fault, FaultBook
from infra.local.vendors.monday import replies
from infra.local.vendors.monday.call import Call
from infra.local.vendors.monday.complexity import cost
from infra.local.vendors.monday.counters import Counters
from infra.local.vendors.monday.cursors import Cursors
from infra.local.vendors.monday.documents import BadDocument, Document, Documents, argument
from infra.local.vendors.monday.jobs import IngestJobs
from infra.local.vendors.monday.lanes import Lanes, lanes_of
from infra.local.vendors.monday.limits import Limits, Points
from infra.local.vendors.monday.plans import POINTS_OF_A_QUERY
from infra.local.vendors.monday.planted import with_fault
from infra.local.vendors.monday.schema import executable_schema
from infra.local.vendors.monday.store import Store
from infra.local.vendors.monday.workspace import Workspace

_REPLAYED_FOR = 1800  # seconds
_LOOKS_ROUND = 8  # turns of the event loop in which another call can arrive, from accept to handler


@dataclass(frozen=True)
class Asked:
    """A call whose body is in form."""

    document: Document
    variables: dict[str, Any]
    key: str | None
    """The Idempotency-Key of a mutation."""
    digest: bytes
    base_url: str


@dataclass(frozen=True)
class Tokens:
    """Who may call: one may do everything, the other only look."""

    full: str
    view_only: str | None


class Service:
    """Answers POST /v2."""

    def __init__(
        self,
        tokens: Tokens,
        store: Store,
        workspace: Workspace,
        limits: Limits,
        counters: Counters,
        cursors: Cursors,
        jobs: IngestJobs,
        faults: FaultBook,
        now: Callable[[], float],
    ) -> None:
        """Everything it works with; `now` in seconds since the epoch."""
        self._tokens, self._store, self._workspace, self._limits = tokens, store, workspace, limits
        self._counters, self._cursors, self._jobs, self._faults = counters, cursors, jobs, faults
        self._now = now
        self._schema = executable_schema()
        self._documents = Documents(self._schema)
        self._lanes = Lanes(counters)
        self._running: set[str] = set()

    async def serve(self, request: Request) -> Response:
        """The answer to one call, with the headers about limits."""
        self._counters.totals["calls"] += 1
        self._limits.enter()
        try:
            response, kind = await self._admitted(request)
        finally:
            self._limits.leave()
        response.headers.update(self._limits.headers(kind))
        with self._store.transaction():
            self._write_facts()
        return response

    async def _admitted(self, request: Request) -> tuple[Response, str]:
        token = request.headers.get("Authorization", "")
        if token not in (self._tokens.full, self._tokens.view_only):
            self._counters.totals["unauthorised"] += 1
            return replies.not_authenticated(), "read"
        breach = self._limits.admit()
        if breach is not None:
            self._counters.limited(breach.code)
            return replies.rate_limited(breach), "read"
        asked = self._asked(await request.body(), request)
        if isinstance(asked, Response):
            return asked, "read"
        if asked.document.is_mutation and token != self._tokens.full:
            return replies.not_authorised(), "write"
        return await self._faulty(asked), asked.document.kind

    def _asked(self, body: bytes, request: Request) -> Asked | Response:
        """The call in form, or why it is not."""
        try:
            content = orjson.loads(body)
            text, variables = content["query"], content.get("variables") or {}
            document = self._documents.get(text, content.get("operationName"))
        except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
            return replies.failure(400, "JsonParseException", "The body must be JSON with a query")
        except BadDocument as bad:
            errors = [{**error.formatted, "extensions": {"code": bad.code}} for error in bad.errors]
            return replies.answer(replies.body(..., errors))
        key = request.headers.get("Idempotency-Key") if document.is_mutation else None
        base_url = f"{request.url.scheme}://{request.url.netloc}"
        return Asked(document, variables, key, hashlib.sha256(body).digest(), base_url)

    async def _faulty(self, asked: Asked) -> Response:
        """The call, struck by the planted fault that fits it."""
        return await with_fault(
            self._fault(asked), asked.document, self._limits, lambda hold: self._once(asked, hold)
        )

    def _fault(self, asked: Asked) -> Fault | None:
        operation = "monday.mutation" if asked.document.is_mutation else "monday.query"
        for field in asked.document.fields:
            board = argument(field, "board_id", asked.variables)
            fault = self._faults.take(
                operation, field=field.name.value, board=None if board is None else str(board)
            )
            if fault is not None:
                return fault
        return None

    async def _once(self, asked: Asked, hold: float) -> Response:
        """Run a call, unless its Idempotency-Key has an answer already or is being answered."""
        if asked.key is None:
            return await self._alone(asked, hold)
        if asked.key in self._running:
            self._counters.totals["conflicts"] += 1
            return replies.still_running()
        kept = self._store.reply(asked.key)
        if kept is not None and self._now() < kept[0] + _REPLAYED_FOR:
            return self._replay(asked, kept[1], kept[2])
        self._running.add(asked.key)
        try:
            return await self._alone(asked, hold)
        finally:
            self._running.discard(asked.key)

    def _replay(self, asked: Asked, digest: bytes, body: bytes) -> Response:
        if digest != asked.digest:
            return replies.key_reused()
        self._counters.totals["replayed"] += 1
        return replies.answer(body, headers={"Idempotency-Replayed": "true"})

    async def _alone(self, asked: Asked, hold: float) -> Response:
        """Run a call, unless another one writes to the same board."""
        lanes = lanes_of(asked.document, asked.variables, self._workspace)
        try:
            if not self._lanes.enter(lanes):
                self._counters.totals["locked"] += 1
                return replies.locked()
            response = self._paid(asked)
            await self._linger(hold)
            return response
        finally:
            self._lanes.leave(lanes)

    async def _linger(self, hold: float) -> None:
        """Stay busy long enough that calls which came meanwhile find it so."""
        if hold:
            await asyncio.sleep(hold)
        for _ in range(_LOOKS_ROUND):
            await asyncio.sleep(0)

    def _paid(self, asked: Asked) -> Response:
        """Run a call, if its complexity is within the budget."""
        kind, price = asked.document.kind, cost(asked.document, asked.variables)
        if price > POINTS_OF_A_QUERY:
            return replies.too_complex(price, POINTS_OF_A_QUERY)
        points = self._limits.spend(kind, price)
        if points is None:
            self._counters.limited("COMPLEXITY_BUDGET_EXHAUSTED")
            return replies.exhausted(self._limits.points(kind, price), self._limits.points_limit)
        self._count(asked.document, price)
        body = self._executed(asked, points)
        self._write(asked, body)
        return replies.answer(body)

    def _executed(self, asked: Asked, points: Points) -> bytes:
        call = Call(self._workspace, self._cursors, self._jobs, self._faults, points, asked.base_url)
        operation = asked.document.operation.name
        result = execute(
            self._schema,
            asked.document.tree,
            context_value=call,
            variable_values=asked.variables,
            operation_name=operation.value if operation else None,
        )
        assert isinstance(result, ExecutionResult)
        return replies.body(_data(result), [_error(each) for each in result.errors or ()])

    def _count(self, document: Document, price: int) -> None:
        self._counters.totals["mutations" if document.is_mutation else "queries"] += 1
        self._counters.totals["points"] += price
        for field in document.fields:
            self._counters.fields[field.name.value] += 1

    def _write(self, asked: Asked, body: bytes) -> None:
        """Keep what a mutation did together with the answer for its key."""
        if not asked.document.is_mutation:
            return
        with self._store.transaction():
            self._store.write_changes(self._workspace.taken())
            self._jobs.write_begun()
            self._write_facts()
            if asked.key is not None:
                self._store.write_reply(asked.key, self._now(), asked.digest, body)

    def _write_facts(self) -> None:
        self._store.write_facts({"budgets": self._limits.facts(), "counters": self._counters.facts()})


def _data(result: ExecutionResult) -> Any:
    """`data`, absent when nothing was executed: a variable that does not fit."""
    refused_before = result.data is None and all(error.path is None for error in result.errors or ())
    return ... if refused_before else result.data


def _error(error: GraphQLError) -> Mapping[str, Any]:
    """An error as the API shows it; one that is no refusal is a fault of the stand-in and is raised."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        raise error.original_error
    shown = dict(error.formatted)
    shown.setdefault("extensions", {"code": "GRAPHQL_VALIDATION_FAILED"})
    return shown
