"""Processes by id and start time: an id alone may belong to another program by now."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "SHELFLINE_STACK"
"""Environment variable that every child of a supervisor carries; its value is the state folder."""

_SAME_START = (
    2.0  # seconds; the system computes start times from a boot time that moves when its clock is set
)
_POLITE_SECONDS = 5.0
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Identity:
    """One process, for good. started: seconds since the epoch."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The process that has this id now, or None."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None

    def process(self) -> psutil.Process | None:
        """The living process, or None when it ended (a zombie has ended)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START
            return process if same and not has_ended(process) else None
        except psutil.NoSuchProcess:
            return None

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process() is not None


def stop_leftovers(folder: Path, recorded: Iterable[tuple[Identity, int]]) -> list[int]:
    """Stop what a killed supervisor left running, and return the process ids.

    recorded: each child that the supervisor wrote down, with the signal that stops it.
    folder: the state folder; processes that carry its mark are stopped too, written down or not.
    """
    found: dict[int, tuple[psutil.Process, int]] = {
        process.pid: (process, signal.SIGTERM) for process in _marked(folder)
    }
    for identity, stop_signal in recorded:
        if process := identity.process():
            found[process.pid] = (process, stop_signal)
    for process, stop_signal in found.values():
        _send(process, stop_signal)
    stubborn = wait_for_end([process for process, _ in found.values()], _POLITE_SECONDS)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    wait_for_end(stubborn, _POLITE_SECONDS)
    return sorted(found)


def wait_for_end(processes: Iterable[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Wait until all have ended, at most `timeout` seconds, and return those that have not.

    A zombie has ended: an orphan stays one for as long as the system's first process takes to collect it.
    """
    deadline = time.monotonic() + timeout
    left = [process for process in processes if not has_ended(process)]
    while left and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        left = [process for process in left if not has_ended(process)]
    return left


def has_ended(process: psutil.Process) -> bool:
    """Whether the process runs no more."""
    try:
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _marked(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _mark_of(process) == str(folder)]


def _mark_of(process: psutil.Process) -> str | None:
    if process.pid == os.getpid():
        return None
    try:
        mark: str | None = process.environ().get(MARK)
    except (psutil.Error, OSError):  # another user's process, or one that just ended
        return None
    return mark


def _send(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
