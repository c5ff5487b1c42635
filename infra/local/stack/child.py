"""One service's process: started, watched, started again when it dies, stopped."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from infra.local.stack.budget import RestartBudget
from infra.local.stack.processes import Identity
from infra.local.stack.record import Health, ServiceRecord
from infra.local.stack.service import Service

_START_SECONDS = 90.0  # Postgres may have to recover
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.03
_LAST_WORDS = 1000  # bytes of the log that go into a reason
_LARGE_LOG = 20_000_000  # bytes; a larger log is put aside at the next start


class Child:
    """Keeps one service running.

    environment: what its process inherits, before the service's own variables.
    changed: called after each change of `record`.
    """

    def __init__(
        self, service: Service, log: Path, environment: Mapping[str, str], changed: Callable[[], None]
    ) -> None:
        self.service = service
        self._log = log
        self._environment = {**environment, **service.environment}
        self._changed = changed
        self._budget = RestartBudget()
        self._stopping = asyncio.Event()
        self._kept = asyncio.Event()
        self.started = asyncio.Event()
        """Set once the first process exists, or never will."""
        self._process: asyncio.subprocess.Process | None = None
        self._health = Health.STARTING
        self._restarts = 0
        self._reason = ""

    async def keep(self) -> None:
        """Run the service until `stop` is called or its restarts are used up."""
        try:
            await self._keep()
        finally:
            self.started.set()
            self._kept.set()

    async def stop(self) -> None:
        """Ask the process to stop, and kill it when it does not."""
        self._stopping.set()
        if self._process:
            _send(self._process, self.service.stop_signal)
        try:
            await asyncio.wait_for(self._kept.wait(), _STOP_SECONDS)
        except TimeoutError:
            if self._process:
                _send(self._process, signal.SIGKILL)
            await self._kept.wait()

    @property
    def health(self) -> Health:
        """Where the service stands."""
        return self._health

    @property
    def record(self) -> ServiceRecord:
        """The service as `stack.json` shows it."""
        return ServiceRecord(
            health=self._health,
            url=self.service.url,
            log=str(self._log),
            process=Identity.of(self._process.pid) if self._process else None,
            stop_signal=int(self.service.stop_signal),
            restarts=self._restarts,
            reason=self._reason if self._health is not Health.UP else "",
        )

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._run_once()
            except Exception as error:  # whatever a preparation raises is the reason why it does not run
                self._reason = f"{type(error).__name__}: {error}"
            if self._stopping.is_set():
                break
            if not self._budget.spend(time.monotonic()):
                self._set(Health.RED)
                return
            self._restarts += 1
            self._set(Health.STARTING)
            await self._pause(self._budget.delay())
        self._set(Health.STOPPED)

    async def _run_once(self) -> None:
        """One life of the process, from its preparation to its end."""
        if self.service.prepare:
            await asyncio.to_thread(self.service.prepare)
        if self._stopping.is_set():
            return
        began = _size(self._log)
        self._process = process = await self._spawn(self.service.command, **self.service.process_options)
        self.started.set()
        self._changed()  # written down before anything else, so that a killed supervisor's child is found
        if self._stopping.is_set():  # `stop` came while there was no process to tell
            _send(process, self.service.stop_signal)
        try:
            if await self._becomes_ready(process):
                self._set(Health.UP)
            await process.wait()
            self._explain(f"ended with code {process.returncode}", began)
        finally:
            _kill_group(process.pid)
            self._process = None

    async def _becomes_ready(self, process: asyncio.subprocess.Process) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while not await self._is_ready(process):
            if process.returncode is not None or self._stopping.is_set():
                return False
            if time.monotonic() > deadline:
                _send(process, signal.SIGKILL)
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return await self._provision(process)

    async def _is_ready(self, process: asyncio.subprocess.Process) -> bool:
        return process.returncode is None and await self.service.ready(process.pid)

    async def _provision(self, process: asyncio.subprocess.Process) -> bool:
        """Run the service's own set-up; when that fails, the service is started anew."""
        if not self.service.provision or self._stopping.is_set():
            return not self._stopping.is_set()
        worker = await self._spawn(self.service.provision)
        if await worker.wait() == 0:
            return True
        _send(process, self.service.stop_signal)
        return False

    async def _spawn(self, command: Sequence[str], **options: object) -> asyncio.subprocess.Process:
        with self._open_log() as log:
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # a Ctrl-C in the terminal is the supervisor's to translate
                **options,  # type: ignore[arg-type]  # whatever Popen knows
            )

    def _open_log(self) -> IO[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if _size(self._log) > _LARGE_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._log.open("ab")

    def _explain(self, ending: str, began: int) -> None:
        with self._log.open("rb") as log:
            log.seek(max(began, _size(self._log) - _LAST_WORDS))
            words = log.read().decode(errors="replace").strip()
        self._reason = f"{ending}; its last words: {words}" if words else f"{ending} without a word"

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _set(self, health: Health) -> None:
        self._health = health
        self._changed()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _kill_group(leader: int) -> None:
    """End what is left of a process' session: workers whose master was killed."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of one that just ended
        os.killpg(leader, signal.SIGKILL)
