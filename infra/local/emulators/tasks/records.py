"""One task in a queue: the message the API shows, and what only the emulator knows of it."""

from grpc import StatusCode

from infra.local.emulators.tasks import names, settings
from infra.local.emulators.tasks.courier import Answer
from infra.local.emulators.tasks.messages import BASIC, FULL, Message, Task, seconds, set_seconds
from infra.local.emulators.tasks.refusals import code_for
from infra.local.emulators.tasks.retry import RetryPolicy


class TaskRecord:
    """A task that exists. Times are virtual, in seconds since the epoch. Guarded by the registry's lock.

    raw: the Task message; its schedule_time, counts and attempts are kept up to date.
    executions: answers other than 5xx, as X-CloudTasks-TaskExecutionCount counts them.
    previous_status: the HTTP status of the last answer; 0 if the last attempt had none.
    entry: the number of its valid place in the queue's heap; older places are void.
    gone: it succeeded, was given up or was deleted; answers that still come in change nothing.
    """

    __slots__ = ("due", "entry", "executions", "gone", "name", "own_policy", "previous_status", "raw")

    def __init__(self, raw: Message, executions: int = 0, previous_status: int = 0) -> None:
        self.raw = raw
        self.name: str = raw.name
        self.due = seconds(raw.schedule_time)
        self.executions = executions
        self.previous_status = previous_status
        self.entry = -1
        self.gone = False
        has_own = raw.HasField("retry_config")
        self.own_policy: RetryPolicy | None = settings.policy(raw.retry_config) if has_own else None

    @property
    def queue(self) -> str:
        """The full name of its queue."""
        return names.queue_of(self.name)

    def postpone(self, due: float) -> None:
        """Move its schedule time."""
        self.due = due
        set_seconds(self.raw.schedule_time, due)

    def note_dispatch(self, now: float) -> None:
        """An attempt begins."""
        raw = self.raw
        raw.dispatch_count += 1
        if not raw.HasField("first_attempt"):
            set_seconds(raw.first_attempt.dispatch_time, now)
        raw.last_attempt.Clear()
        raw.last_attempt.schedule_time.CopyFrom(raw.schedule_time)
        set_seconds(raw.last_attempt.dispatch_time, now)

    def note_answer(self, answer: Answer, now: float) -> None:
        """An attempt has ended."""
        self.previous_status = answer.status
        self.executions += answer.executed
        self.raw.response_count += answer.status != 0
        attempt = self.raw.last_attempt
        set_seconds(attempt.response_time, now)
        attempt.response_status.code = _status_code(answer).value[0]
        attempt.response_status.message = answer.description

    def first_dispatch(self) -> float:
        """When its first attempt began."""
        return seconds(self.raw.first_attempt.dispatch_time)

    def view(self, kind: int) -> Message:
        """A copy for an answer; only the full view has the body."""
        copy = Task()
        copy.CopyFrom(self.raw)
        copy.view = FULL if kind == FULL else BASIC
        if kind != FULL:
            copy.http_request.ClearField("body")
        return copy


def _status_code(answer: Answer) -> StatusCode:
    if answer.succeeded:
        return StatusCode.OK
    if answer.timed_out:
        return StatusCode.DEADLINE_EXCEEDED
    return code_for(answer.status) if answer.status else StatusCode.UNAVAILABLE
