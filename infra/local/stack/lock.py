"""One supervisor per state folder: a lock that dies with its holder."""

import fcntl
import os
import time
from pathlib import Path

_POLL_SECONDS = 0.02


class Lock:
    """An exclusive lock on a file.

    It belongs to the open file, not to a process: whoever starts the supervisor takes the lock and hands the
    open file down, so there is no moment at which a stack is about to start and nobody holds the lock.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    @classmethod
    def inherited(cls, file: Path, descriptor: int) -> "Lock":
        """The lock that the starting process took, by the number of its open file."""
        os.set_inheritable(descriptor, False)  # children of the supervisor must not keep it alive
        lock = cls(file)
        lock._descriptor = descriptor
        return lock

    def acquire(self, timeout: float = 0.0) -> bool:
        """Take the lock, waiting up to `timeout` seconds; whether it is ours now."""
        deadline = time.monotonic() + timeout
        while not self._try():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def release(self) -> None:
        """Close our hold on it; the lock is free once every process that shares the open file has done so."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def descriptor(self) -> int:
        """The number of the open file, for the process that inherits it."""
        if self._descriptor is None:
            raise RuntimeError(f"{self._file} is not held")
        return self._descriptor

    def _try(self) -> bool:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True
