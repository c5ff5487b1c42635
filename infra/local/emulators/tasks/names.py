"""Names of locations, queues and tasks, with the alphabets and lengths the API documents."""

import re
import secrets

from infra.local.emulators.tasks.refusals import Refusal, invalid

_LOCATION = re.compile(r"projects/[A-Za-z0-9.:-]+/locations/[a-z0-9-]+")
_QUEUE = re.compile(_LOCATION.pattern + r"/queues/[A-Za-z0-9-]{1,100}")
_TASK = re.compile(_QUEUE.pattern + r"/tasks/[A-Za-z0-9_-]{1,500}")


def require_location(name: str) -> None:
    """Refuse a name that is not projects/P/locations/L."""
    if not _LOCATION.fullmatch(name):
        raise _malformed("Location", "projects/<PROJECT_ID>/locations/<LOCATION_ID>", name)


def require_queue(name: str) -> None:
    """Refuse a name that is not LOCATION/queues/Q, Q of at most 100 letters, digits and hyphens."""
    if not _QUEUE.fullmatch(name):
        raise _malformed("Queue", "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>", name)


def require_task(name: str) -> None:
    """Refuse a name that is not QUEUE/tasks/T, T of at most 500 letters, digits, hyphens and underscores."""
    if not _TASK.fullmatch(name):
        form = "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"
        raise _malformed("Task", form, name)


def location_of(queue: str) -> str:
    """The location a queue belongs to."""
    return queue.rsplit("/queues/", 1)[0]


def queue_of(task: str) -> str:
    """The queue a task belongs to."""
    return task.rsplit("/tasks/", 1)[0]


def short(name: str) -> str:
    """The last part of a name: what the X-CloudTasks headers carry."""
    return name.rsplit("/", 1)[-1]


def new_task(queue: str) -> str:
    """A random name for a task that was given none."""
    return f"{queue}/tasks/{secrets.randbits(63)}"


def _malformed(kind: str, form: str, name: str) -> Refusal:
    return invalid(f'{kind} name must be formatted: "{form}", not "{name}"')
