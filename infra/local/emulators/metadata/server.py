"""The pages of the metadata server."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from infra.local.emulators.metadata.access_tokens import AccessTokens
from infra.local.faults import FaultBook
from infra.local.keys import Signer

_SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
_HEADERS = {"Metadata-Flavor": "Google", "Server": "Metadata Server for VM"}
_OWN_PAGES = ("/_health", "/_faults")


@dataclass(frozen=True)
class Instance:
    """Where the functions believe to run, and as whom."""

    project: str
    location: str
    service_account: str
    project_number: str = "123456789012"
    instance_id: str = "1234567890123456789"


def application(instance: Instance, signer: Signer) -> Starlette:
    """The server for one instance."""
    faults = FaultBook()
    routes: list[BaseRoute] = [
        Route("/", _text("computeMetadata/\n")),
        Mount("/computeMetadata/v1", routes=[*_facts(instance), *_account(instance, signer, faults)]),
        Route("/_health", _text("ok")),
        *faults.routes(),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=_require_flavor)])


async def _require_flavor(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse who does not say to know whom it talks to; it protects from requests made by accident."""
    metadata = request.url.path.startswith("/computeMetadata")
    if metadata and request.headers.get("Metadata-Flavor") != "Google":
        response: Response = PlainTextResponse("Missing Metadata-Flavor:Google header.", status_code=403)
    else:
        response = await answer(request)
    if request.url.path not in _OWN_PAGES:
        response.headers.update(_HEADERS)
    return response


def _text(content: str) -> Callable[[Request], Response]:
    def page(_request: Request) -> Response:
        return PlainTextResponse(content, media_type="application/text")

    return page


def _facts(instance: Instance) -> list[Route]:
    region = f"projects/{instance.project_number}/regions/{instance.location}"
    zone = f"projects/{instance.project_number}/zones/{instance.location}-1"
    facts = {
        "/project/project-id": instance.project,
        "/project/numeric-project-id": instance.project_number,
        "/instance/id": instance.instance_id,
        "/instance/region": region,
        "/instance/zone": zone,
        "/universe/universe-domain": "googleapis.com",
        "/instance/service-accounts/": f"default/\n{instance.service_account}/\n",
    }
    return [Route(path, _text(content)) for path, content in facts.items()]


def _account(instance: Instance, signer: Signer, faults: FaultBook) -> list[Route]:
    """The pages of the service account, which is known as "default" and by its e-mail."""
    tokens = AccessTokens()

    def summary(request: Request) -> Response:
        if request.query_params.get("recursive") != "true":
            return _text("aliases\nemail\nidentity\nscopes\ntoken\n")(request)
        return JSONResponse({"aliases": ["default"], "email": instance.service_account, "scopes": _SCOPES})

    async def access_token(_request: Request) -> Response:
        if (broken := await _strike(faults, "metadata.token")) is not None:
            return broken
        token, expires_in = tokens.current()
        return JSONResponse({"access_token": token, "expires_in": expires_in, "token_type": "Bearer"})

    async def identity(request: Request) -> Response:
        if (broken := await _strike(faults, "metadata.identity")) is not None:
            return broken
        audience = request.query_params.get("audience")
        if not audience:
            return PlainTextResponse("non-empty audience parameter required\n", status_code=400)
        return _text(signer.token(instance.service_account, audience))(request)

    pages = {
        "/": summary,
        "/email": _text(instance.service_account),
        "/aliases": _text("default\n"),
        "/scopes": _text("\n".join(_SCOPES) + "\n"),
        "/token": access_token,
        "/identity": identity,
    }
    names = ("default", instance.service_account)
    return [
        Route(f"/instance/service-accounts/{name}{path}", page)
        for name in names
        for path, page in pages.items()
    ]


async def _strike(faults: FaultBook, operation: str) -> Response | None:
    """The answer of the fault planted for an operation, if it has one."""
    fault = faults.take(operation)
    if fault is None:
        return None
    if fault.kind == "status":
        return PlainTextResponse("injected fault", status_code=int(fault.parameters.get("status", 503)))
    if fault.kind == "delay":
        await asyncio.sleep(float(fault.parameters.get("seconds", 1)))
        return None
    raise ValueError(f"{operation} knows no fault {fault.kind!r}: use status or delay")
