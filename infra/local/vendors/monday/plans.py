"""What each plan allows, and what all plans share. Source: the vendor's page on rate limits, 2026-09-06."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The limits of an account."""

    per_day: int
    """Calls a UTC day."""
    per_minute: int
    concurrent: int
    points: int
    """Complexity a minute of a personal token, reads and writes together."""


# A support page says 200 calls a day for Free; the page on rate limits, which counts here, says 1,000.
PLANS = {
    "free": Plan(per_day=1_000, per_minute=1_000, concurrent=40, points=1_000_000),
    "standard": Plan(per_day=1_000, per_minute=1_000, concurrent=40, points=10_000_000),
    "pro": Plan(per_day=10_000, per_minute=2_500, concurrent=100, points=10_000_000),
    "enterprise": Plan(per_day=25_000, per_minute=5_000, concurrent=250, points=10_000_000),
}

POINTS_OF_AN_APP = 5_000_000
"""Complexity a minute of an app's token: as much for reads, and again for writes."""
POINTS_OF_A_QUERY = 5_000_000
"""Complexity that no single call may exceed."""
IP_CALLS, IP_SECONDS = 5_000, 10
"""Calls that one address may make in so many seconds."""
