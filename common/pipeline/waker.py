"""From "this chunk wants a wake-up" to a Cloud Task; always after the commit that wants it."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from common.errors import ShelflineError
from common.pipeline.registry import flow
from common.pipeline.store import Aftermath, PipelineStore, Woken
from common.tasks.queue import Task, TaskQueue
from common.tasks.wake_up import WakeUp

_log = logging.getLogger(__name__)


class Waker:
    """Sends the wake-ups that a commit has asked for."""

    def __init__(self, tasks: TaskQueue, functions_url: str, store: PipelineStore) -> None:
        self._tasks = tasks
        self._functions_url = functions_url
        self._store = store

    def follow(self, aftermath: Aftermath) -> None:
        """Enqueue what is to be woken. What cannot be enqueued is found by sweep: the truth is in Postgres already."""
        try:
            self._tasks.enqueue([self._task(woken) for woken in aftermath.woken])
        except ShelflineError as error:
            _log.warning("wake_ups_not_enqueued", extra={"reason": error.reason, "error": str(error)})

    def wake_lanes(self, tenant: str, lanes: Sequence[str]) -> None:
        """Wake what may run in these lanes."""
        for lane in lanes:
            self.follow(self._store.top_up(tenant, lane))

    def _task(self, woken: Woken) -> Task:
        wake_up = WakeUp(
            run_id=woken.run_id, step=woken.step, chunk_id=woken.chunk_id, generation=woken.generation
        )
        return Task(
            queue=flow(woken.flow).step(woken.step).queue,
            name=wake_up.task_name(),
            url=self._functions_url.format(step=woken.step),
            body=wake_up.to_bytes(),
            schedule_time=datetime.fromtimestamp(woken.due, UTC) if woken.due else None,
        )
