"""The emulator as an ASGI application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.faults import FaultBook

from .connection import cut
from .cross_origin import EVERYTHING, answer_headers, preflight_headers
from .errors import StorageError
from .exchange import ConnectionLost, Exchange
from .injection import Injector
from .json_endpoint import JsonEndpoint, is_download
from .media import MediaResponse
from .resumable import ResumableUploads
from .signatures import SignatureVerifier
from .store import Store
from .xml_endpoint import XmlEndpoint, split_path

_HOUSEKEEPING_EVERY = 1.0  # seconds


class Gateway:
    """Hands each request to the API it belongs to, and gives errors the form that API has."""

    def __init__(self, store: Store, faults: FaultBook, verifier: SignatureVerifier) -> None:
        injector = Injector(faults)
        resumable = ResumableUploads(store, injector)
        self._store = store
        self._json = JsonEndpoint(store, injector, resumable)
        self._xml = XmlEndpoint(store, injector, resumable, verifier)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or cut its connection where a fault says so."""
        exchange = Exchange.of(scope, receive)
        try:
            response = await self._answer(exchange)
            if not exchange.dropped:
                await response(scope, receive, send)
                return
            if isinstance(response, MediaResponse):
                response.release()
        except ConnectionLost:
            pass
        await cut(scope, receive)

    async def _answer(self, exchange: Exchange) -> Response:
        rules = await self._rules(exchange) if "origin" in exchange.headers else []
        if exchange.method == "OPTIONS":
            return Response(b"", 200, preflight_headers(rules, exchange.headers))
        endpoint = self._json if self._json.serves(exchange.path) else self._xml
        try:
            response = await endpoint.answer(exchange)
        except StorageError as error:
            await exchange.body.drain()
            response = self._failure(exchange, error)
        response.headers.update(answer_headers(rules, exchange.headers, exchange.method))
        return response

    async def _rules(self, exchange: Exchange) -> list[dict[str, object]]:
        """The CORS rules that hold for a request."""
        if self._json.serves(exchange.path) or "upload_id" in exchange.query:
            return [dict(EVERYTHING)]
        bucket = await run_in_threadpool(self._store.buckets.find, split_path(exchange.path)[0])
        return bucket.resource.get("cors") or [] if bucket else []

    def _failure(self, exchange: Exchange, error: StorageError) -> Response:
        if error.status == 304:
            return Response(None, 304, error.headers)
        if not self._json.serves(exchange.path):
            return Response(error.as_xml(), error.status, error.headers, "application/xml")
        if is_download(exchange):
            return Response(error.message, error.status, error.headers, "text/html")
        headers = {"Content-Type": "application/json; charset=UTF-8", **error.headers}
        return Response(orjson.dumps(error.as_json()), error.status, headers)


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def build_application(store: Store, faults: FaultBook, verifier: SignatureVerifier) -> Starlette:
    """The application that serves a store; it keeps house while it runs, and closes the store at its end."""

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        housekeeping = asyncio.create_task(_keep_house(store))
        yield
        housekeeping.cancel()
        await asyncio.wait([housekeeping])
        store.close()

    routes = [Route("/_health", _health), *faults.routes()]
    everything_else = Route("/{path:path}", Gateway(store, faults, verifier))
    return Starlette(routes=[*routes, everything_else], lifespan=lifespan)


async def _keep_house(store: Store) -> None:
    while True:
        await run_in_threadpool(store.keep_house)
        await asyncio.sleep(_HOUSEKEEPING_EVERY)
