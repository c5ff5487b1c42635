"""The stand-in as an ASGI application: who is calling, what is left of the budgets, then the answer."""

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.clock import SharedClock
from infra.local.faults import FaultBook
from infra.local.vendors.digikey.answers import (
    details_answer,
    keyword_answer,
    locale_used,
    manufacturers_answer,
)
from infra.local.vendors.digikey.catalogue import Catalogue
from infra.local.vendors.digikey.limits import Limits
from infra.local.vendors.digikey.planted import with_fault
from infra.local.vendors.digikey.problems import burst_breach, day_breach, problem
from infra.local.vendors.digikey.request_models import KeywordRequest, complaints
from infra.local.vendors.digikey.tokens import TokenIssuer

Endpoint = Callable[[Request], Awaitable[Response]]
_API = "/products/v4/search"


@dataclass(frozen=True)
class Options:
    """What a stand-in is started with."""

    state: Path
    """Folder for counters and the token key."""
    clock: Path
    """The file of the shared clock."""
    catalogue: Path
    client_id: str = "local-client"
    client_secret: str = "local-secret"  # noqa: S105  # opens nothing but the stand-in
    token_lifetime: float = 599
    """Seconds of real time."""
    per_minute: int = 120
    per_day: int = 1000


def application(options: Options) -> Starlette:
    """The application; its lifespan closes what it opens."""
    return DigiKey(options).starlette()


class DigiKey:
    """The endpoints over one catalogue, one set of budgets and one token issuer."""

    def __init__(self, options: Options) -> None:
        self._catalogue = Catalogue.read(options.catalogue)
        self._clock = SharedClock(options.clock)
        self._limits = Limits(options.state, self._clock.now, options.per_minute, options.per_day)
        self._tokens = TokenIssuer(
            options.state, options.client_id, options.client_secret, options.token_lifetime
        )
        self._faults = FaultBook()

    def starlette(self) -> Starlette:
        """The routes. A part number is one raw path segment, so an unencoded "/" in it finds no route."""
        routes = [
            Route("/v1/oauth2/token", self._token, methods=["POST"]),
            Route(f"{_API}/keyword", self._guarded("digikey.keyword", self._keyword), methods=["POST"]),
            Route(f"{_API}/manufacturers", self._guarded("digikey.manufacturers", self._manufacturers)),
            Route(
                f"{_API}/{{number:path}}/productdetails",
                self._guarded("digikey.productdetails", self._details),
            ),
            Route("/_health", self._health),
            *self._faults.routes(),
        ]
        return Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={404: _no_route, 405: _no_route}
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._limits.close()

    async def _health(self, _: Request) -> Response:
        facts = {"products": len(self._catalogue.products), "used": self._limits.used()}
        return _json({"now": self._clock.timestamp(), **facts})

    async def _token(self, request: Request) -> Response:
        async def work() -> Response:
            form = await request.form()
            given = _basic(request) or (str(form.get("client_id", "")), str(form.get("client_secret", "")))
            if form.get("grant_type") != "client_credentials":
                return problem(
                    400, "grant_type must be client_credentials", errors={"grant_type": ["not supported"]}
                )
            if not self._tokens.knows(*given):
                return problem(401, "Invalid clientId or clientSecret", instance=request.url.path)
            return _json(self._tokens.issue())

        return await with_fault(self._faults.take("digikey.token"), request, self._limits, work)

    def _guarded(self, operation: str, endpoint: Endpoint) -> Endpoint:
        """An endpoint behind authentication, budgets and planted faults, in the gateway's order."""

        async def serve(request: Request) -> Response:
            refused = self._unauthorised(request)
            if refused is not None:
                return refused
            verdict = self._limits.take()
            if verdict.breached == "day":
                return day_breach(verdict.headers, request.url.path)
            if verdict.breached == "minute":
                return burst_breach(verdict.headers)

            async def work() -> Response:
                response = await endpoint(request)
                response.headers.update(verdict.headers)
                return response

            fault = self._faults.take(operation, part_number=await _number(request))
            return await with_fault(fault, request, self._limits, work)

        return serve

    def _unauthorised(self, request: Request) -> Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        instance = request.url.path
        if scheme.lower() != "bearer" or not token:
            return problem(401, "A Bearer token is required", instance=instance)
        reason = self._tokens.refusal(token)
        if reason is not None:
            return problem(401, reason, instance=instance)
        client_id = request.headers.get("X-DIGIKEY-Client-Id")
        if not client_id:
            missing = {"X-DIGIKEY-Client-Id": ["The header is required."]}
            return problem(400, "A required header is missing", instance=instance, errors=missing)
        if not self._tokens.is_client(client_id):
            return problem(401, "The ClientId does not belong to the Bearer token", instance=instance)
        return None

    async def _keyword(self, request: Request) -> Response:
        try:
            asked = KeywordRequest.model_validate(orjson.loads(await request.body()))
        except orjson.JSONDecodeError:
            return _bad_request(request, {"body": ["not valid JSON"]})
        except ValidationError as error:
            return _bad_request(request, complaints(error))
        return _json(keyword_answer(self._catalogue, asked, locale_used(request.headers)))

    async def _details(self, request: Request) -> Response:
        number, given = _path_number(request), request.query_params.get("manufacturerId")
        if number is None:
            return problem(404, "No such resource", instance=request.url.path)
        known = ("manufacturerId", "includes")
        unknown = {name: ["unknown"] for name in request.query_params if name not in known}
        if given is not None and not given.isdigit():
            unknown["manufacturerId"] = ["not a manufacturer id"]
        if unknown:
            return _bad_request(request, unknown)
        product = self._catalogue.details(number, None if given is None else int(given))
        if product is None:
            return problem(404, f"The product number {number} was not found", instance=request.url.path)
        return _json(details_answer(product, locale_used(request.headers)))

    async def _manufacturers(self, _: Request) -> Response:
        return _json(manufacturers_answer(self._catalogue))


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _bad_request(request: Request, errors: dict[str, list[str]]) -> Response:
    return problem(400, "One or more validation errors occurred.", instance=request.url.path, errors=errors)


async def _no_route(request: Request, _: Exception) -> Response:
    return problem(404, "No such resource", instance=request.url.path)


def _path_number(request: Request) -> str | None:
    """The part number of a details request, decoded; None when it is not exactly one raw segment."""
    raw = request.scope["raw_path"].decode("ascii").removeprefix(f"{_API}/").removesuffix("/productdetails")
    return None if "/" in raw else unquote(raw)


async def _number(request: Request) -> str | None:
    """What a fault can match: the number in the path or the keywords in the body."""
    if request.method == "POST":
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            return None
        return body.get("Keywords") if isinstance(body, dict) else None
    return _path_number(request) if "number" in request.path_params else None


def _basic(request: Request) -> tuple[str, str] | None:
    """The credentials in an Authorization: Basic header, if there is one."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, client_secret
