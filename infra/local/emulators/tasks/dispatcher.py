"""Sends tasks out when they are due and their queue's limits allow it, and decides what becomes of them."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from infra.local.emulators.tasks import headers, names
from infra.local.emulators.tasks.courier import Answer, Courier
from infra.local.emulators.tasks.mishaps import Mishaps
from infra.local.emulators.tasks.queues import TaskQueue
from infra.local.emulators.tasks.records import TaskRecord
from infra.local.emulators.tasks.registry import Registry
from infra.local.emulators.tasks.retry import retry_after
from infra.local.faults import FaultBook
from infra.local.keys import Signer

_log = logging.getLogger(__name__)

_LOOK_EVERY = 0.05  # seconds; virtual time may have been moved
_SHORTEST_NAP = 0.0005  # seconds; a rounding error must not make the thread spin
_MOST_REQUESTS = 1000  # at once, over all queues


class Dispatcher:
    """One thread watches the clock; a pool of threads makes the requests."""

    def __init__(self, registry: Registry, signer: Signer, faults: FaultBook) -> None:
        self._registry = registry
        self._signer = signer
        self._courier = Courier()
        self._mishaps = Mishaps("tasks.dispatch", faults, self._courier)
        self._pool = ThreadPoolExecutor(_MOST_REQUESTS, thread_name_prefix="dispatch")
        self._sooner = threading.Condition(registry.lock)
        self._looks_again_at = 0.0  # monotonic
        self._running = False
        self._watcher = threading.Thread(target=self._watch, name="dispatcher")

    def start(self) -> None:
        """Begin to send; nothing goes out before."""
        self._running = True
        self._watcher.start()

    def stop(self) -> None:
        """Cut what is under way, without counting it as a failure: it is sent again after the next start."""
        with self._sooner:
            self._running = False
            self._sooner.notify()
        self._watcher.join()
        self._mishaps.close()
        self._courier.close()
        self._pool.shutdown(cancel_futures=True)

    def advance(self, queue: TaskQueue) -> None:
        """Send what may go out of a queue; called, under the lock, whenever something in it has changed."""
        wait = self._send_ready(queue)
        if wait is not None and time.monotonic() + wait < self._looks_again_at:
            self._sooner.notify()

    def run_now(self, queue: TaskQueue, record: TaskRecord) -> None:
        """Send a task whatever the limits and its schedule time say; under the lock."""
        queue.withdraw(record)
        self._send(queue, record, requested_at=self._registry.clock.timestamp())

    def _watch(self) -> None:
        with self._sooner:
            while self._running:
                waits = [self._send_ready(queue) for queue in self._registry.queues.values()]
                nap = min([_LOOK_EVERY, *(wait for wait in waits if wait is not None)])
                nap = max(nap, _SHORTEST_NAP)
                self._looks_again_at = time.monotonic() + nap
                self._sooner.wait(nap)

    def _send_ready(self, queue: TaskQueue) -> float | None:
        """Send all that may go out now; returns the seconds until more may, as TaskQueue.wait."""
        while self._running:
            wait = queue.wait(self._registry.clock.timestamp(), time.monotonic())
            if wait != 0:
                return wait
            self._send(queue, queue.take())
        return None

    def _send(self, queue: TaskQueue, record: TaskRecord, requested_at: float | None = None) -> None:
        queue.in_flight += 1
        queue.counters.dispatched += 1
        record.note_dispatch(self._registry.clock.timestamp())
        self._pool.submit(self._attempt, queue, record, requested_at)

    def _attempt(self, queue: TaskQueue, record: TaskRecord, requested_at: float | None) -> None:
        answer = Answer()
        try:
            delivery = headers.delivery(record, self._signer)
            task = names.short(record.name)
            answer = self._mishaps.deliver(delivery, queue=queue.short_name, task=task)
        except Exception:  # the thread pool would keep it to itself
            _log.exception("an attempt of %s could not be made; it counts as failed", record.name)
        finally:
            with self._registry.lock:
                queue.in_flight -= 1
                if self._running:
                    self._settle(queue, record, answer, requested_at)
                    self.advance(queue)

    def _settle(
        self, queue: TaskQueue, record: TaskRecord, answer: Answer, requested_at: float | None
    ) -> None:
        """Decide what becomes of a task after an attempt. A task that is gone stays gone."""
        queue.counters.failed += not answer.succeeded
        if record.gone:
            return
        now = self._registry.clock.timestamp()
        record.note_answer(answer, now)
        attempts: int = record.raw.dispatch_count
        policy = record.own_policy or queue.policy
        if answer.succeeded:
            queue.counters.succeeded += 1
            self._registry.delete_task(queue, record)
        elif policy.exhausted(attempts, now - record.first_dispatch()):
            queue.counters.given_up += 1
            self._registry.delete_task(queue, record)
        else:
            delay = max(policy.delay(attempts), retry_after(answer.retry_after, time.time()))
            record.postpone((requested_at or now) + delay)
            self._registry.save_task(record)
            queue.schedule(record)
