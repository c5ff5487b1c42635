"""Runs one job at its times, in a thread of its own, so that it never overlaps with itself."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.clock import SharedClock
from infra.local.emulators.scheduler.jobs import Job
from infra.local.emulators.tasks.courier import Answer, Delivery
from infra.local.emulators.tasks.retry import RetryPolicy
from infra.local.keys import Signer

_LOOK_EVERY = 0.05  # seconds; virtual time may have been moved
_ATTEMPT_DEADLINE = 180.0  # seconds; the service's default
_MOST_DOUBLINGS = 5  # the service's default

Call = Callable[[Delivery], Answer]


@dataclass(frozen=True)
class Run:
    """A run that has ended. Times are virtual, RFC 3339. status: of the last attempt, 0 without an answer."""

    schedule_time: str
    attempts: int
    status: int
    succeeded: bool
    finished_at: str


class JobRunner:
    """A job and what became of it; `call` makes its requests."""

    def __init__(self, job: Job, clock: SharedClock, signer: Signer, call: Call) -> None:
        self.job = job
        self._clock = clock
        self._signer = signer
        self._call = call
        self._schedule = job.when()
        self._next = self._schedule.next(clock.timestamp())
        self._forced = threading.Event()
        self._stopping = threading.Event()
        self._running = False
        self._runs = 0
        self._last: Run | None = None
        self._thread = threading.Thread(target=self._work, name=f"job {job.name}")

    def start(self) -> None:
        """Begin to wait for its times."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the attempt under way."""
        self._stopping.set()
        self._thread.join()

    def force(self) -> None:
        """Run as soon as no other run of it is under way."""
        self._forced.set()

    def as_json(self) -> dict[str, Any]:
        """What GET /jobs shows of it."""
        return {
            "name": self.job.name,
            "schedule": self.job.schedule or f"every {self.job.every_seconds:g} seconds",
            "url": self.job.url,
            "next_run": _zulu(self._next),
            "running": self._running,
            "runs": self._runs,
            "last_run": None if self._last is None else asdict(self._last),
        }

    def _work(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY):
            due = self._due()
            if due is not None:
                self._run(due)

    def _due(self) -> float | None:
        """The time that a run is due for now: the latest that has passed, or now if one was asked for."""
        now = self._clock.timestamp()
        if now >= self._next:
            self._next = self._schedule.next(now)
            return self._schedule.latest(now)
        if self._forced.is_set():
            self._forced.clear()
            return now
        return None

    def _run(self, due: float) -> None:
        self._running = True
        answer, attempts = self._attempt(due), 1
        backoff = RetryPolicy(min_backoff=self.job.min_backoff_seconds, max_doublings=_MOST_DOUBLINGS)
        while (
            not answer.succeeded and attempts <= self.job.retry_count and self._sleep(backoff.delay(attempts))
        ):
            answer, attempts = self._attempt(due), attempts + 1
        finished = _zulu(self._clock.timestamp())
        self._last = Run(_zulu(due), attempts, answer.status, answer.succeeded, finished)
        self._runs += 1
        self._running = False

    def _attempt(self, due: float) -> Answer:
        return self._call(
            Delivery(self.job.method, self.job.url, self._headers(due), self.job.content(), _ATTEMPT_DEADLINE)
        )

    def _headers(self, due: float) -> dict[str, str]:
        job = self.job
        headers = {
            "Content-Type": "application/octet-stream",
            **job.headers,
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": job.name,
            "X-CloudScheduler-ScheduleTime": _zulu(due),
        }
        if job.service_account:
            token = self._signer.token(job.service_account, job.audience or job.url)
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _sleep(self, seconds: float) -> bool:
        """Wait in virtual time; False when it has to stop instead."""
        until = self._clock.timestamp() + seconds
        while self._clock.timestamp() < until:
            if self._stopping.wait(_LOOK_EVERY):
                return False
        return True


def _zulu(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
