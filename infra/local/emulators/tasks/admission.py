"""What a new task must be like to be accepted, and what the service fills in."""

from infra.local.emulators.tasks import names
from infra.local.emulators.tasks.messages import POST, Message, duration, method_name, seconds, timestamp
from infra.local.emulators.tasks.refusals import invalid
from infra.local.emulators.tasks.settings import complete_retry_config

MAX_TASK_BYTES = 100 * 1024  # CreateTask: "The maximum task size is 100KB."
MAX_URL_CHARACTERS = 2083
MAX_HEADER_BYTES = 80 * 1024
MAX_SCHEDULE_AHEAD = 30 * 24 * 3600.0  # seconds
DEFAULT_DEADLINE, MIN_DEADLINE, MAX_DEADLINE = 600.0, 15.0, 1800.0  # seconds
_METHODS_WITH_BODY = ("POST", "PUT", "PATCH")


def admit(task: Message, queue: str, now: float) -> None:
    """Check a task for `queue` and complete it in place; `now` is virtual, in seconds since the epoch.

    Raises Refusal (INVALID_ARGUMENT) with the reason.
    """
    _check_name(task, queue)
    _check_target(task)
    if task.ByteSize() > MAX_TASK_BYTES:
        raise invalid(f"Task size too large: {task.ByteSize()} bytes, at most {MAX_TASK_BYTES} are allowed.")
    _complete_deadline(task)
    _complete_times(task, now)
    if task.HasField("retry_config"):
        complete_retry_config(task.retry_config)
    _clear_output_only(task)
    task.name = task.name or names.new_task(queue)


def _check_name(task: Message, queue: str) -> None:
    if not task.name:
        return
    names.require_task(task.name)
    if names.queue_of(task.name) != queue:
        raise invalid(f'Task name "{task.name}" does not belong to the parent queue "{queue}".')


def _check_target(task: Message) -> None:
    if task.WhichOneof("message_type") != "http_request":
        raise invalid("Task.http_request is required: this emulator has no App Engine targets.")
    request = task.http_request
    if not request.url.startswith(("http://", "https://")):
        raise invalid('HttpRequest.url must start with "http://" or "https://".')
    if len(request.url) > MAX_URL_CHARACTERS:
        raise invalid(f"HttpRequest.url is longer than {MAX_URL_CHARACTERS} characters.")
    if sum(len(name) + len(value) for name, value in request.headers.items()) >= MAX_HEADER_BYTES:
        raise invalid(f"HttpRequest.headers must be smaller than {MAX_HEADER_BYTES} bytes.")
    if request.WhichOneof("authorization_header") == "oauth_token":
        raise invalid("HttpRequest.oauth_token is for Google APIs only: use HttpRequest.oidc_token.")
    _check_method(request)


def _check_method(request: Message) -> None:
    request.http_method = request.http_method or POST
    if request.body and method_name(request.http_method) not in _METHODS_WITH_BODY:
        raise invalid("HttpRequest.body is allowed only if HttpRequest.http_method is POST, PUT or PATCH.")


def _complete_deadline(task: Message) -> None:
    if not task.HasField("dispatch_deadline"):
        task.dispatch_deadline.CopyFrom(duration(DEFAULT_DEADLINE))
    if not MIN_DEADLINE <= seconds(task.dispatch_deadline) <= MAX_DEADLINE:
        raise invalid("Task.dispatch_deadline must be in the interval [15s, 1800s].")


def _complete_times(task: Message, now: float) -> None:
    due = seconds(task.schedule_time) if task.HasField("schedule_time") else now
    if due > now + MAX_SCHEDULE_AHEAD:
        raise invalid(
            f"The Task.scheduleTime, {task.schedule_time.ToJsonString()}, is too far in the future. "
            "Schedule time must be no more than 720h in the future."
        )
    task.schedule_time.CopyFrom(timestamp(max(due, now)))
    task.create_time.CopyFrom(timestamp(int(now)))


def _clear_output_only(task: Message) -> None:
    for field in ("dispatch_count", "response_count", "first_attempt", "last_attempt", "view"):
        task.ClearField(field)
