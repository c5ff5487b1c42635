"""How often a service may be started again."""

from collections import deque

_FIRST_DELAY = 0.05  # seconds
_LONGEST_DELAY = 2.0


class RestartBudget:
    """At most `limit` restarts within `window` seconds; the more of them, the longer the pause before one."""

    def __init__(self, limit: int = 5, window: float = 60.0) -> None:
        self._limit = limit
        self._window = window
        self._spent: deque[float] = deque()

    def spend(self, now: float) -> bool:
        """Take one restart at the monotonic time `now`; False when there is none left."""
        while self._spent and now - self._spent[0] >= self._window:
            self._spent.popleft()
        if len(self._spent) >= self._limit:
            return False
        self._spent.append(now)
        return True

    def delay(self) -> float:
        """Seconds to wait before the restart just taken."""
        return float(min(_FIRST_DELAY * 2 ** (len(self._spent) - 1), _LONGEST_DELAY))
