"""When a failed task is tried again, and when no more. Rules: the API's RetryConfig."""

import email.utils
from dataclasses import dataclass

UNLIMITED = -1
_MOST_DOUBLINGS = 1000  # 2.0 ** 1024 overflows; any delay has met its cap long before


@dataclass(frozen=True)
class RetryPolicy:
    """Retry settings of a queue or of one task; durations in seconds. The defaults are those of a new queue.

    max_attempts counts the first attempt; -1 is unlimited. max_retry_duration 0 is unlimited.
    """

    max_attempts: int = 100
    max_retry_duration: float = 0.0
    min_backoff: float = 0.1
    max_backoff: float = 3600.0
    max_doublings: int = 16

    def delay(self, attempts: int) -> float:
        """Seconds to wait after `attempts` failures: doubling max_doublings times, then linear, capped."""
        doublings = min(attempts - 1, self.max_doublings, _MOST_DOUBLINGS)
        step = self.min_backoff * 2.0**doublings
        linear_steps = max(1, attempts - self.max_doublings)
        return min(step * linear_steps, self.max_backoff)

    def exhausted(self, attempts: int, elapsed: float) -> bool:
        """Whether a task is given up after `attempts`, `elapsed` seconds after its first one began.

        Both limits must be reached; one that is unlimited is left out, and if both are, it never ends.
        """
        reached = []
        if self.max_attempts != UNLIMITED:
            reached.append(attempts >= self.max_attempts)
        if self.max_retry_duration > 0:
            reached.append(elapsed >= self.max_retry_duration)
        return bool(reached) and all(reached)


def retry_after(header: str | None, now: float) -> float:
    """Seconds a Retry-After header asks to wait, by a number or a date; 0 if it says neither.

    now: real time, seconds since the epoch, which a date in the header is compared with.
    """
    if not header:
        return 0.0
    if header.strip().isdecimal():
        return float(header.strip())
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - now)
    except ValueError:
        return 0.0
