"""The REST transport, v2, and the emulator's own pages."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from grpc import StatusCode
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.emulators.tasks.messages import Message
from infra.local.emulators.tasks.refusals import AnswerLost, Refusal, invalid
from infra.local.emulators.tasks.registry import Registry
from infra.local.emulators.tasks.service import Method
from infra.local.emulators.tasks.statistics import statistics
from infra.local.faults import FaultBook
from infra.local.keys import Signer

_LOCATION = r"projects/[^/]+/locations/[^/]+"
_QUEUE = _LOCATION + r"/queues/[^/:]+"
_TASK = _QUEUE + r"/tasks/[^/:]+"
_PARAMETERS = ("pageSize", "pageToken", "responseView", "filter", "updateMask")


@dataclass(frozen=True)
class _Binding:
    """How one method is bound to HTTP, as its google.api.http rule says.

    path: the pattern of the resource name, then a suffix. field: where the name goes. body: the field that
    the JSON body fills; "*" is the whole request, "" is no body.
    """

    verb: str
    path: str
    suffix: str
    method: str
    field: str
    body: str = ""

    def resource(self, verb: str, path: str) -> str | None:
        """The resource name if a request is for this method."""
        match = re.fullmatch(f"({self.path}){self.suffix}", path) if verb == self.verb else None
        return match.group(1) if match else None


_BINDINGS = [
    _Binding("GET", _LOCATION, "/queues", "ListQueues", "parent"),
    _Binding("POST", _LOCATION, "/queues", "CreateQueue", "parent", "queue"),
    _Binding("GET", _QUEUE, "", "GetQueue", "name"),
    _Binding("PATCH", _QUEUE, "", "UpdateQueue", "queue.name", "queue"),
    _Binding("DELETE", _QUEUE, "", "DeleteQueue", "name"),
    _Binding("POST", _QUEUE, ":purge", "PurgeQueue", "name", "*"),
    _Binding("POST", _QUEUE, ":pause", "PauseQueue", "name", "*"),
    _Binding("POST", _QUEUE, ":resume", "ResumeQueue", "name", "*"),
    _Binding("GET", _QUEUE, "/tasks", "ListTasks", "parent"),
    _Binding("POST", _QUEUE, "/tasks", "CreateTask", "parent", "*"),
    _Binding("GET", _TASK, "", "GetTask", "name"),
    _Binding("DELETE", _TASK, "", "DeleteTask", "name"),
    _Binding("POST", _TASK, ":run", "RunTask", "name", "*"),
]


class _CutAnswer(Response):
    """Announces a body and never sends it, so that the server cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def routes(
    methods: Mapping[str, Method], registry: Registry, signer: Signer, faults: FaultBook
) -> list[Route]:
    """The API under /v2, /certs, /_stats, /_health and /_faults."""

    def certificates(_request: Request) -> Response:
        return JSONResponse(signer.certificates(), headers={"Cache-Control": "public, max-age=3600"})

    def numbers(_request: Request) -> Response:
        return JSONResponse(statistics(registry))

    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return [
        Route("/v2/{path:path}", _endpoint(methods), methods=["GET", "POST", "PATCH", "DELETE"]),
        Route("/certs", certificates),
        Route("/_stats", numbers),
        Route("/_health", health),
        *faults.routes(),
    ]


def _endpoint(methods: Mapping[str, Method]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            method, message = _parse(methods, request, body)
            answer = await run_in_threadpool(method.call, message)
        except Refusal as refusal:
            return _refuse(refusal)
        except AnswerLost:
            return _CutAnswer()
        return Response(json_format.MessageToJson(answer), media_type="application/json")

    return endpoint


def _parse(methods: Mapping[str, Method], request: Request, body: bytes) -> tuple[Method, Message]:
    """The method a request is for, and its request message."""
    path = request.path_params["path"]
    for binding in _BINDINGS:
        resource = binding.resource(request.method, path)
        if resource is not None:
            method = methods[binding.method]
            return method, _message(method, binding, resource, request.query_params, body)
    raise Refusal(StatusCode.NOT_FOUND, f"There is no method behind {request.method} /v2/{path}.")


def _message(
    method: Method, binding: _Binding, resource: str, query: Mapping[str, str], body: bytes
) -> Message:
    try:
        content = json.loads(body or b"{}")
        fields: dict[str, Any] = {name: query[name] for name in _PARAMETERS if name in query}
        if binding.body == "*":
            fields |= content
        elif binding.body:
            fields[binding.body] = content
        message = json_format.ParseDict(fields, method.request())
    except (json_format.ParseError, ValueError, TypeError) as error:
        raise invalid(f"Invalid JSON payload received. {error}") from error
    _set(message, binding.field, resource)
    return message


def _set(message: Message, path: str, value: str) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        message = getattr(message, parent)
    setattr(message, last, value)


def _refuse(refusal: Refusal) -> Response:
    status = refusal.http_status
    error = {"code": status, "message": refusal.message, "status": refusal.code.name}
    return JSONResponse({"error": error}, status_code=status)
