"""The queues and scheduled jobs of a local stack: what the flows declare; `infra/gcp` reads the same declarations."""

import json
from dataclasses import asdict
from typing import Any

from common import flows

STEPS = ("fetch", "decide", "scrape", "hash", "stage", "push", "sweep")
"""The functions that Cloud Tasks and Cloud Scheduler call."""


def queues() -> list[dict[str, Any]]:
    """Every queue that a flow asks for, once.

    Few attempts, far enough apart to outlast a restarting function: the tries that count are kept in Postgres, and
    sweep wakes again what a queue gave up.
    """
    declared = {queue.name: asdict(queue) for name in flows.names() for queue in flows.flow(name).queues}
    return list(declared.values())


def jobs(functions_url: str, service_account: str, daily_runs: str = "") -> list[dict[str, Any]]:
    """The jobs of the scheduler: sweep every minute, and at five in the morning (UTC) the run of each flow in `daily_runs`."""
    url = functions_url.format(step="sweep")
    call = {"url": url, "service_account": service_account, "audience": url}
    daily = [name.strip() for name in daily_runs.split(",") if name.strip()]
    return [
        {"name": "sweep", "schedule": "* * * * *", **call},
        *(
            {"name": f"daily-{name}", "schedule": "0 5 * * *", "body": json.dumps({"start": name}), **call}
            for name in daily
        ),
    ]
