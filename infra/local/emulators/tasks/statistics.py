"""What the emulator is doing, for the stack: above all, whether everything only waits."""

from dataclasses import asdict
from typing import Any

from infra.local.emulators.tasks.messages import RUNNING
from infra.local.emulators.tasks.queues import TaskQueue
from infra.local.emulators.tasks.registry import Registry


def statistics(registry: Registry) -> dict[str, Any]:
    """{"now": virtual seconds, "queues": {full name: numbers}}.

    depth: tasks that exist, in flight or not. due: waiting tasks whose time has come, held back by a limit or
    by a pause. in_flight: requests under way. earliest_schedule_time: of the waiting ones, virtual seconds or
    null. created, dispatched, succeeded, failed and given_up count since the start of the emulator.
    """
    with registry.lock:
        now = registry.clock.timestamp()
        return {"now": now, "queues": {name: _numbers(queue, now) for name, queue in registry.queues.items()}}


def _numbers(queue: TaskQueue, now: float) -> dict[str, Any]:
    times = [record.due for record in queue.waiting()]
    return {
        "state": "RUNNING" if queue.raw.state == RUNNING else "PAUSED",
        "depth": len(queue.tasks),
        "due": sum(due <= now for due in times),
        "in_flight": queue.in_flight,
        "earliest_schedule_time": min(times, default=None),
        **asdict(queue.counters),
    }
