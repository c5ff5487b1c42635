"""Cloud Tasks through its own client's gRPC channel.

The generated client wraps every message in a Python object of its own, which costs more than the call. A
wake-up is created with the raw message on the same channel instead, many at once.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from common.errors import Misconfigured, Unavailable
from common.once import Once
from common.tasks.queue import Task

if TYPE_CHECKING:
    import grpc

_IN_FLIGHT = 64
"""Creates under way at once. On one host 4 would do; across a network round trips are what counts."""
_TIMEOUT = 10.0  # seconds for one create, its retries included
_CREATE = "/google.cloud.tasks.v2.CloudTasks/CreateTask"
# Named creates are idempotent, so the channel itself may repeat one that the service did not take.
_RETRY = {
    "methodConfig": [
        {
            "name": [{"service": "google.cloud.tasks.v2.CloudTasks", "method": "CreateTask"}],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 3,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}
_WRONG_QUEUE = ("NOT_FOUND", "FAILED_PRECONDITION")
_WRONG_RIGHTS = ("PERMISSION_DENIED", "UNAUTHENTICATED")
_WRONG_TASK = ("INVALID_ARGUMENT", "OUT_OF_RANGE", "UNIMPLEMENTED")


class _Stub(NamedTuple):
    """What is needed to create tasks: the method, the message to fill, and how to close the channel."""

    create: grpc.UnaryUnaryMultiCallable
    request: Callable[..., Any]
    close: Callable[[], None]


class CloudTasksQueue:
    """A TaskQueue on Cloud Tasks. The tasks it makes carry an OIDC token of `service_account`.

    endpoint: host:port of a local service that speaks plain text, or "" for the real one.
    audience: of the tokens; "" means each task's own address.
    dispatch_deadline: how long one delivery may take, 15 s to 30 min; None leaves it to the service (10 min).
    """

    def __init__(
        self,
        *,
        project: str,
        location: str,
        service_account: str,
        endpoint: str = "",
        audience: str = "",
        dispatch_deadline: timedelta | None = None,
    ) -> None:
        self._location = f"projects/{project}/locations/{location}"
        self._service_account = service_account
        self._audience = audience
        self._dispatch_deadline = dispatch_deadline
        self._stub = Once(lambda: _connect(endpoint))

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """See TaskQueue.enqueue. Creates run side by side on one connection."""
        if not tasks:
            return
        failures = list(self._failures(self._stub(), tasks))
        if failures:
            raise _error(failures, len(tasks))

    def close(self) -> None:
        """Close the connection; a later enqueue opens a new one."""
        if stub := self._stub.take():
            stub.close()

    def _failures(self, stub: _Stub, tasks: Sequence[Task]) -> Iterator[tuple[Task, grpc.Call]]:
        pending: deque[tuple[Task, Any]] = deque()
        for task in tasks:
            if len(pending) >= _IN_FLIGHT:
                yield from _failed(*pending.popleft())
            pending.append((task, self._create(stub, task)))
        while pending:
            yield from _failed(*pending.popleft())

    def _create(self, stub: _Stub, task: Task) -> Any:
        parent = f"{self._location}/queues/{task.queue}"
        request = stub.request(parent=parent)
        self._fill(request.task, parent, task)
        # The service routes by this header; the generated client would add the same.
        routing = (("x-goog-request-params", f"parent={parent.replace('/', '%2F')}"),)
        return stub.create.future(request, timeout=_TIMEOUT, metadata=routing)

    def _fill(self, message: Any, parent: str, task: Task) -> None:
        message.name = f"{parent}/tasks/{task.name}"
        call = message.http_request
        call.url, call.body = task.url, task.body
        call.headers["Content-Type"] = "application/json"
        call.oidc_token.service_account_email = self._service_account
        call.oidc_token.audience = self._audience or task.url
        if task.schedule_time is not None:
            message.schedule_time.FromDatetime(task.schedule_time)
        if self._dispatch_deadline is not None:
            message.dispatch_deadline.FromTimedelta(self._dispatch_deadline)


def _connect(endpoint: str) -> _Stub:
    import grpc
    from google.cloud.tasks_v2 import CreateTaskRequest

    options = [("grpc.service_config", json.dumps(_RETRY))]
    channel = grpc.insecure_channel(endpoint, options=options) if endpoint else _secure_channel(options)
    message = CreateTaskRequest.pb()
    # The answer repeats the request; nobody reads it.
    create = channel.unary_unary(
        _CREATE, request_serializer=message.SerializeToString, response_deserializer=lambda answer: b""
    )
    return _Stub(create, message, channel.close)


def _secure_channel(options: list[tuple[str, str]]) -> grpc.Channel:
    from google.auth.exceptions import DefaultCredentialsError
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

    try:
        return CloudTasksGrpcTransport.create_channel(options=options)
    except DefaultCredentialsError as error:
        raise Misconfigured(
            "Cloud Tasks: there are no Google credentials here; run `gcloud auth application-default login`, "
            "or set SHELFLINE_TASKS_ENDPOINT to use the local service",
            reason="no_credentials",
        ) from error


def _failed(task: Task, call: Any) -> Iterator[tuple[Task, grpc.Call]]:
    """The task and its finished call, if it failed; waits for it."""
    error = call.exception()
    if error is not None and error.code().name != "ALREADY_EXISTS":
        yield task, error


def _error(failures: Sequence[tuple[Task, grpc.Call]], asked: int) -> Misconfigured | Unavailable:
    """One error for all that failed: a mistake of ours comes before a service that is away."""
    for task, call in failures:
        if mistake := _mistake(task, call):
            return mistake
    _, call = failures[0]
    return Unavailable(
        f"Cloud Tasks did not take {len(failures)} of {asked} tasks ({_text(call)}); "
        "the sweep wakes their chunks within a minute, there is nothing to do by hand",
        reason="tasks_unavailable",
    )


def _mistake(task: Task, call: grpc.Call) -> Misconfigured | None:
    code = call.code().name
    if code in _WRONG_QUEUE:
        return Misconfigured(
            f"Cloud Tasks has no queue {task.queue!r} ({_text(call)}); create it with the Terraform in "
            "infra/gcp, or start the local stack with it in its queues file",
            reason="no_queue",
        )
    if code in _WRONG_RIGHTS:
        return Misconfigured(
            f"Cloud Tasks refused us the queue {task.queue!r} ({_text(call)}); give this "
            "function's account roles/cloudtasks.enqueuer on the queue and roles/iam.serviceAccountUser on "
            "the account that tasks call as",
            reason="no_permission",
        )
    if code in _WRONG_TASK:
        return Misconfigured(
            f"Cloud Tasks refused task {task.name!r} in queue {task.queue!r} ({_text(call)}); "
            "look at its address, its size (100 kB) and its time (30 days ahead)",
            reason="bad_task",
        )
    return None


def _text(call: grpc.Call) -> str:
    return f"{call.code().name}: {call.details()}"
