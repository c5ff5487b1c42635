"""A value built at first use, once per process: how clients of outside services are kept.

A cold start pays only for the clients it uses, and nothing is opened at import.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Calls `build` at the first call and answers its value from then on; safe to call from many threads.

    A build that raises is not remembered: the next call tries again.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._built: list[T] = []

    def __call__(self) -> T:
        """The value, built if this is the first call."""
        if not self._built:
            with self._lock:
                if not self._built:
                    self._built.append(self._build())
        return self._built[0]

    def take(self) -> T | None:
        """The value if it was built, and forget it, to close what it opened; a later call builds it anew."""
        with self._lock:
            return self._built.pop() if self._built else None
