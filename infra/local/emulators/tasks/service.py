"""The methods of google.cloud.tasks.v2.CloudTasks, on raw messages; both transports call them."""

import base64
import binascii
import bisect
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grpc import StatusCode

from infra.local.emulators.tasks import names, settings
from infra.local.emulators.tasks.admission import admit
from infra.local.emulators.tasks.dispatcher import Dispatcher
from infra.local.emulators.tasks.messages import (
    Empty,
    ListQueuesResponse,
    ListTasksResponse,
    Message,
    Queue,
    Task,
    request_type,
    timestamp,
)
from infra.local.emulators.tasks.queues import TaskQueue
from infra.local.emulators.tasks.records import TaskRecord
from infra.local.emulators.tasks.refusals import AnswerLost, Refusal, injected, invalid
from infra.local.emulators.tasks.registry import Registry
from infra.local.faults import Fault, FaultBook

_MOST_QUEUES_ON_A_PAGE = 9800
_MOST_TASKS_ON_A_PAGE = 1000


class Service:
    """Every method takes a request message, returns a response message, and raises Refusal."""

    def __init__(self, registry: Registry, dispatcher: Dispatcher, faults: FaultBook) -> None:
        self._registry = registry
        self._dispatcher = dispatcher
        self._faults = faults

    def create_queue(self, request: Message) -> Message:
        """CreateQueue."""
        names.require_location(request.parent)
        names.require_queue(request.queue.name)
        if names.location_of(request.queue.name) != request.parent:
            raise invalid(f'Queue "{request.queue.name}" does not belong to the parent "{request.parent}".')
        with self._registry.lock:
            if request.queue.name in self._registry.queues:
                raise Refusal(StatusCode.ALREADY_EXISTS, "Queue already exists")
            return self._save_new_queue(request.queue, ())

    def get_queue(self, request: Message) -> Message:
        """GetQueue."""
        names.require_queue(request.name)
        return self._registry.queue(request.name).raw

    def list_queues(self, request: Message) -> Message:
        """ListQueues, without filters."""
        names.require_location(request.parent)
        if request.filter:
            raise Refusal(
                StatusCode.UNIMPLEMENTED, "This emulator has no filters: list all queues and choose."
            )
        with self._registry.lock:
            queues = dict(self._registry.queues)
        here = sorted(name for name in queues if names.location_of(name) == request.parent)
        page, token = _page(here, request, _MOST_QUEUES_ON_A_PAGE)
        return ListQueuesResponse(queues=[queues[name].raw for name in page], next_page_token=token)

    def update_queue(self, request: Message) -> Message:
        """UpdateQueue; a queue that does not exist is created, as the service does it."""
        names.require_queue(request.queue.name)
        paths = list(request.update_mask.paths)
        with self._registry.lock:
            queue = self._registry.queues.get(request.queue.name)
            if queue is None:
                return self._save_new_queue(request.queue, paths)
            queue.configure(settings.updated(queue.raw, request.queue, paths), time.monotonic())
            return self._queue_changed(queue)

    def delete_queue(self, request: Message) -> Message:
        """DeleteQueue, tasks and all."""
        names.require_queue(request.name)
        with self._registry.lock:
            commit = self._registry.delete_queue(self._registry.queue(request.name))
        self._registry.wait(commit)
        return Empty()

    def purge_queue(self, request: Message) -> Message:
        """PurgeQueue; at once, while the service may take a minute."""
        names.require_queue(request.name)
        with self._registry.lock:
            queue = self._registry.queue(request.name)
            for record in list(queue.tasks.values()):
                self._registry.delete_task(queue, record)
            raw = Queue()
            raw.CopyFrom(queue.raw)
            raw.purge_time.CopyFrom(timestamp(self._registry.clock.timestamp()))
            queue.raw = raw
            return self._queue_changed(queue)

    def pause_queue(self, request: Message) -> Message:
        """PauseQueue; requests under way go on."""
        return self._set_state(request.name, paused=True)

    def resume_queue(self, request: Message) -> Message:
        """ResumeQueue."""
        return self._set_state(request.name, paused=False)

    def create_task(self, request: Message) -> Message:
        """CreateTask; durable before it answers. Raises AnswerLost when a fault wants it."""
        names.require_queue(request.parent)
        fault = self._creation_fault(request)
        raw = Task()
        raw.CopyFrom(request.task)
        record = self._add_task(raw, request.parent)
        if fault is not None and fault.kind == "drop":
            raise AnswerLost
        with self._registry.lock:
            return record.view(request.response_view)

    def get_task(self, request: Message) -> Message:
        """GetTask."""
        with self._registry.lock:
            return self._registry.task(request.name).view(request.response_view)

    def list_tasks(self, request: Message) -> Message:
        """ListTasks, by name."""
        names.require_queue(request.parent)
        with self._registry.lock:
            tasks = self._registry.queue(request.parent).tasks
            page, token = _page(sorted(tasks), request, _MOST_TASKS_ON_A_PAGE)
            views = [tasks[name].view(request.response_view) for name in page]
        return ListTasksResponse(tasks=views, next_page_token=token)

    def delete_task(self, request: Message) -> Message:
        """DeleteTask."""
        with self._registry.lock:
            record = self._registry.task(request.name)
            commit = self._registry.delete_task(self._registry.queue(record.queue), record)
        self._registry.wait(commit)
        return Empty()

    def run_task(self, request: Message) -> Message:
        """RunTask: at once, whatever the queue's limits and state."""
        with self._registry.lock:
            record = self._registry.task(request.name)
            self._dispatcher.run_now(self._registry.queue(record.queue), record)
            return record.view(request.response_view)

    def _save_new_queue(self, wanted: Message, paths: Sequence[str]) -> Message:
        raw = Queue()
        raw.CopyFrom(wanted)
        raw.ClearField("state")
        raw.ClearField("purge_time")
        settings.complete(raw, keep_zero_doublings="retry_config.max_doublings" in paths)
        return self._queue_changed(TaskQueue(raw, time.monotonic()))

    def _queue_changed(self, queue: TaskQueue) -> Message:
        self._registry.wait(self._registry.save_queue(queue))
        self._dispatcher.advance(queue)
        return queue.raw

    def _set_state(self, name: str, *, paused: bool) -> Message:
        names.require_queue(name)
        with self._registry.lock:
            queue = self._registry.queue(name)
            queue.set_state(paused=paused)
            return self._queue_changed(queue)

    def _add_task(self, raw: Message, queue_name: str) -> TaskRecord:
        """Take the name, wait until the task is durable, then let it go out."""
        with self._registry.lock:
            queue = self._registry.queue(queue_name)
            now = self._registry.clock.timestamp()
            admit(raw, queue_name, now)
            if queue.name_is_used(raw.name, now):
                raise Refusal(
                    StatusCode.ALREADY_EXISTS,
                    "The task cannot be created because a task with this name existed too recently.",
                )
            record = TaskRecord(raw)
            queue.tasks[record.name] = record
            commit = self._registry.save_task(record)
        try:
            self._registry.wait(commit)
        except sqlite3.Error as error:
            with self._registry.lock:
                queue.tasks.pop(record.name, None)
            raise Refusal(StatusCode.INTERNAL, f"The task could not be saved: {error}") from error
        with self._registry.lock:
            queue.counters.created += 1
            queue.schedule(record)
            self._dispatcher.advance(queue)
        return record

    def _creation_fault(self, request: Message) -> Fault | None:
        """Let the fault planted for this call strike; one that loses the answer is returned for later."""
        task = names.short(request.task.name)
        fault = self._faults.take("tasks.create", queue=names.short(request.parent), task=task)
        if fault is None or fault.kind == "drop":
            return fault
        if fault.kind == "delay":
            time.sleep(float(fault.parameters.get("seconds", 1)))
            return fault
        if fault.kind == "status":
            raise injected(int(fault.parameters.get("status", 503)))
        raise ValueError(f"tasks.create knows no fault {fault.kind!r}: use status, delay or drop")


def _page(ordered: list[str], request: Message, most: int) -> tuple[list[str], str]:
    """The names a list request asks for, and the token of the next page: the last name of this one."""
    size = min(request.page_size or most, most)
    if size < 0:
        raise invalid("page_size must not be negative.")
    try:
        last = base64.urlsafe_b64decode(request.page_token).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise invalid("page_token is not one that this service has given.") from None
    start = bisect.bisect_right(ordered, last)
    page = ordered[start : start + size]
    more = start + size < len(ordered)
    return page, base64.urlsafe_b64encode(page[-1].encode()).decode() if more else ""


@dataclass(frozen=True)
class Method:
    """One method of the API: the classes of its request and its response, and what carries it out."""

    name: str
    request: Message
    response: Message
    call: Callable[[Message], Message]


def methods(service: Service) -> dict[str, Method]:
    """Every method of the API that the emulator has, by name."""
    table: list[tuple[str, Message, Callable[[Message], Message]]] = [
        ("CreateQueue", Queue, service.create_queue),
        ("GetQueue", Queue, service.get_queue),
        ("ListQueues", ListQueuesResponse, service.list_queues),
        ("UpdateQueue", Queue, service.update_queue),
        ("DeleteQueue", Empty, service.delete_queue),
        ("PurgeQueue", Queue, service.purge_queue),
        ("PauseQueue", Queue, service.pause_queue),
        ("ResumeQueue", Queue, service.resume_queue),
        ("CreateTask", Task, service.create_task),
        ("GetTask", Task, service.get_task),
        ("ListTasks", ListTasksResponse, service.list_tasks),
        ("DeleteTask", Empty, service.delete_task),
        ("RunTask", Task, service.run_task),
    ]
    return {name: Method(name, request_type(name), response, call) for name, response, call in table}
