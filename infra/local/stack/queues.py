"""The queues and scheduled jobs of a local stack; `infra/gcp` declares the deployed ones."""

from typing import Any

STEPS = ("fetch", "decide", "scrape", "hash", "stage", "push", "sweep")
"""The functions that Cloud Tasks and Cloud Scheduler call."""


def queues() -> list[dict[str, Any]]:
    """One queue a step.

    Few attempts, far apart enough to outlast a restarting function: the tries that count are kept in
    Postgres, and sweep wakes again what a queue gave up.
    """
    return [
        {
            "name": step,
            "max_dispatches_per_second": 500,
            "max_concurrent_dispatches": 16,
            "max_attempts": 5,
            "min_backoff_seconds": 0.5,
            "max_backoff_seconds": 8,
            "max_doublings": 4,
        }
        for step in STEPS
    ]


def jobs(functions_url: str, service_account: str) -> list[dict[str, Any]]:
    """The jobs of the scheduler: sweep, every minute."""
    url = functions_url.format(step="sweep")
    return [
        {
            "name": "sweep",
            "schedule": "* * * * *",
            "url": url,
            "service_account": service_account,
            "audience": url,
        }
    ]
