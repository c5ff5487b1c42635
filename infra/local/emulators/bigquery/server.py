"""The HTTP side: addresses, JSON, planted faults, and waiting for jobs without holding a thread."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.emulators.bigquery import api_datasets, api_jobs, api_tables
from infra.local.emulators.bigquery.discovery import discovery_document
from infra.local.emulators.bigquery.emulator import Emulator
from infra.local.emulators.bigquery.errors import BigQueryError, invalid, planted
from infra.local.emulators.bigquery.operations import Answer, Call, Operation, Waiting
from infra.local.faults import Fault

_API = "/bigquery/v2"
_LOG = logging.getLogger(__name__)
OPERATIONS = [*api_datasets.OPERATIONS, *api_tables.OPERATIONS, *api_jobs.OPERATIONS]


class _CutConnection(Response):
    """Promises an answer and closes the connection instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def application(emulator: Emulator) -> Starlette:
    """The ASGI application that serves an emulator; it closes the emulator when it is shut down."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(emulator.close)

    routes = [Route("/_health", _health), *emulator.faults.routes()]
    for prefix in ("/$discovery/rest", "/discovery/v1/apis/bigquery/v2/rest"):
        routes.append(Route(prefix, _discovery))
    for operation in api_jobs.UPLOADS:
        for base in ("/upload", "/resumable/upload"):
            routes.append(_route(emulator, f"{base}{_API}", operation))
    routes += [_route(emulator, _API, operation) for operation in OPERATIONS]
    return Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={404: _no_such_method, 405: _no_such_method}
    )


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _discovery(request: Request) -> Response:
    return JSONResponse(discovery_document(f"http://{request.headers['host']}/", OPERATIONS))


async def _no_such_method(request: Request, problem: Exception) -> Response:
    error = BigQueryError(
        "notFound", f"Not served by the local emulator: {request.method} {request.url.path}"
    )
    return JSONResponse(error.body(), status_code=404)


def _route(emulator: Emulator, prefix: str, operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            call = await _read(emulator, request, prefix)
            return await _with_faults(operation, call)
        except BigQueryError as problem:
            return JSONResponse(problem.body(), status_code=problem.status)
        except Exception as problem:
            _LOG.exception("%s broke", operation.name)
            error = BigQueryError("internalError", f"The local emulator broke: {problem!r}", status=500)
            return JSONResponse(error.body(), status_code=500)

    return Route(prefix + operation.path, endpoint, methods=[operation.method], name=operation.name)


async def _read(emulator: Emulator, request: Request, prefix: str) -> Call:
    data = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        data = gzip.decompress(data)
    body: Any = {}
    if data and prefix == _API:
        try:
            body = json.loads(data)
        except ValueError as problem:
            raise invalid(f"Parse Error: {problem}") from problem
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received: an object is expected")
    return Call(
        emulator,
        dict(request.path_params),
        dict(request.query_params),
        body,
        dict(request.headers),
        data=data,
    )


async def _with_faults(operation: Operation, call: Call) -> Response:
    """Serve a call, and let a planted fault strike it: before it, in its job, or after it."""
    fault = call.emulator.faults.take(f"bigquery.{operation.fault}", **_attributes(call))
    if fault is None:
        return await _serve(operation, call)
    if fault.kind == "status":
        raise planted(dict(fault.parameters))
    if fault.kind == "delay":
        await asyncio.sleep(float(fault.parameters.get("seconds", 1)))
    if fault.kind == "job_error":
        call = Call(**{**call.__dict__, "planted": _job_error(fault)})
    response = await _serve(operation, call)
    return _CutConnection() if fault.kind == "drop" else response


def _job_error(fault: Fault) -> dict[str, Any]:
    reason = fault.parameters.get("reason", "backendError")
    return {"reason": reason, "message": fault.parameters.get("message", f"planted fault: {reason}")}


def _attributes(call: Call) -> dict[str, Any]:
    """What the `match` of a fault can name."""
    reference = call.body.get("jobReference") or {}
    kinds = [
        kind.upper()
        for kind in call.body.get("configuration") or {}
        if kind in ("query", "load", "extract", "copy")
    ]
    return {
        "project": call.path.get("project"),
        "dataset": call.path.get("dataset"),
        "table": call.path.get("table"),
        "job_id": call.path.get("job") or reference.get("jobId"),
        "job_type": kinds[0] if kinds else None,
    }


async def _serve(operation: Operation, call: Call) -> Response:
    result = await run_in_threadpool(operation.serve, call)
    if isinstance(result, Waiting):
        finished = asyncio.wrap_future(call.emulator.runner.finished(result.job))
        await asyncio.wait([finished], timeout=result.seconds)
        result = await run_in_threadpool(result.then)
    return _response(result)


def _response(answer: Answer) -> Response:
    content = answer.raw if answer.raw is not None else json.dumps(answer.body).encode()
    return Response(content, answer.status, answer.headers, media_type="application/json; charset=UTF-8")
