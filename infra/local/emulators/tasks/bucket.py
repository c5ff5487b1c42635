"""The token bucket that limits how fast a queue dispatches."""


class TokenBucket:
    """Holds up to `size` tokens and gains `rate` of them a second; each dispatch takes one.

    Times are readings of a monotonic clock, in seconds, given by the caller.
    """

    def __init__(self, rate: float, size: int, now: float) -> None:
        self._rate = rate
        self._size = size
        self._tokens = float(size)
        self._filled_at = now

    def wait(self, now: float) -> float:
        """Seconds until a token can be taken; 0 when there is one."""
        self._fill(now)
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._rate

    def take(self) -> None:
        """Take one token; the caller has asked `wait` first."""
        self._tokens -= 1

    def resize(self, rate: float, size: int, now: float) -> None:
        """Change the limits; tokens beyond the new size are lost."""
        self._fill(now)
        self._rate, self._size = rate, size
        self._tokens = min(self._tokens, size)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._size, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
