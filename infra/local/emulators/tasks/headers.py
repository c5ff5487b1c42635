"""The HTTP request that an attempt of a task makes."""

from infra.local.emulators.tasks import names
from infra.local.emulators.tasks.courier import Delivery
from infra.local.emulators.tasks.messages import method_name, seconds
from infra.local.emulators.tasks.records import TaskRecord
from infra.local.keys import Signer

_COMPUTED = ("host", "content-length", "user-agent")
_RESERVED_PREFIXES = ("x-google-", "x-appengine-", "x-cloudtasks-")


def delivery(record: TaskRecord, signer: Signer) -> Delivery:
    """The request for the attempt that has just been noted in `record`."""
    request = record.raw.http_request
    headers = {name: value for name, value in request.headers.items() if _may_be_set(name)}
    body = bytes(request.body)
    if body and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/octet-stream"
    headers |= _task_headers(record)
    if request.oidc_token.service_account_email:
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        token = signer.token(
            request.oidc_token.service_account_email, request.oidc_token.audience or request.url
        )
        headers["Authorization"] = f"Bearer {token}"
    deadline = seconds(record.raw.dispatch_deadline)
    return Delivery(method_name(request.http_method), request.url, headers, body, deadline)


def _may_be_set(name: str) -> bool:
    lower = name.lower()
    return lower not in _COMPUTED and not lower.startswith(_RESERVED_PREFIXES)


def _task_headers(record: TaskRecord) -> dict[str, str]:
    headers = {
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": names.short(record.queue),
        "X-CloudTasks-TaskName": names.short(record.name),
        "X-CloudTasks-TaskRetryCount": str(record.raw.dispatch_count - 1),
        "X-CloudTasks-TaskExecutionCount": str(record.executions),
        "X-CloudTasks-TaskETA": f"{record.due:.6f}",
    }
    if record.previous_status:
        headers["X-CloudTasks-TaskPreviousResponse"] = str(record.previous_status)
    return headers
