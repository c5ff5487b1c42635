"""When to try again."""

import hashlib
from datetime import datetime, timedelta

from common.pipeline.item import Item, Run


def retry_at(item: Item, run: Run, now: datetime, asked_for: float | None = None) -> datetime:
    """Business time of the next try: doubling from `retry_base_seconds`, at most `retry_max_seconds`, never sooner than the
    other side asked for. The spread (up to a quarter) is drawn from the item, so that a replay draws the same."""
    settings = run.settings
    seconds = min(settings.retry_max_seconds, settings.retry_base_seconds * 2**item.attempts)
    seconds *= 1 + 0.25 * _fraction(f"{run.id}:{item.key}:{item.attempts}")
    return now + timedelta(seconds=max(seconds, asked_for or 0))


def _fraction(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
