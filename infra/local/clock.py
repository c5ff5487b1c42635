"""The movable clock that every emulator, every stand-in and Postgres share on one machine.

Real time goes on by itself; what can be moved is an offset, forward only, kept in one small file. The
process that moves it (the stack's control server) writes the same offset into Postgres, where the functions
read it.
"""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

_STALE_AFTER = 0.02  # seconds; how long a reader may go on with an offset it has read before


class SharedClock:
    """Reads the shared offset, in seconds, from a file; a file that is not there means an offset of zero."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0.0
        self._read_at = float("-inf")

    def offset(self) -> float:
        """Seconds that virtual time is ahead of real time."""
        now = time.monotonic()
        if now - self._read_at >= _STALE_AFTER:
            self._offset, self._read_at = self._read(), now
        return self._offset

    def timestamp(self) -> float:
        """Virtual time as seconds since the epoch."""
        return time.time() + self.offset()

    def now(self) -> datetime:
        """Virtual time, aware, in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def set_offset(self, seconds: float) -> None:
        """Move virtual time forward to `seconds` ahead of real time; a smaller offset than now is refused."""
        if seconds < self._read():
            raise ValueError("the clock only moves forward")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        scratch.write_text(json.dumps({"offset_seconds": seconds}))
        scratch.replace(self._path)
        self._read_at = float("-inf")

    def _read(self) -> float:
        try:
            return float(json.loads(self._path.read_text())["offset_seconds"])
        except FileNotFoundError:
            return 0.0
