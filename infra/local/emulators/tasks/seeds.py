"""The queues an emulator starts with, from a file."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from infra.local.emulators.tasks.messages import Message, Queue, request_type, set_seconds

_DURATIONS = {"min_backoff_seconds": "min_backoff", "max_backoff_seconds": "max_backoff"}
_RATE_LIMITS = ("max_dispatches_per_second", "max_concurrent_dispatches")
_RETRY = ("max_attempts", "max_doublings")


def read(file: Path) -> list[dict[str, Any]]:
    """The list in a JSON file: {"name", and any of "max_dispatches_per_second", "max_concurrent_dispatches",
    "max_attempts", "min_backoff_seconds", "max_backoff_seconds", "max_doublings"}.

    Raises ValueError for other keys.
    """
    known = {"name", *_RATE_LIMITS, *_RETRY, *_DURATIONS}
    wanted: list[dict[str, Any]] = json.loads(file.read_text())
    for each in wanted:
        if unknown := each.keys() - known:
            raise ValueError(f"{file}: unknown settings {sorted(unknown)}; known are {sorted(known)}")
    return wanted


def create_or_update(wanted: Mapping[str, Any], location: str, update: Callable[[Message], Message]) -> None:
    """Bring one queue to the wanted settings; what they leave open stays, or is the service's default.

    update: the UpdateQueue method, which also creates.
    """
    queue = Queue(name=f"{location}/queues/{wanted['name']}")
    paths = []
    for key in wanted.keys() & set(_RATE_LIMITS):
        setattr(queue.rate_limits, key, wanted[key])
        paths.append(f"rate_limits.{key}")
    for key in wanted.keys() & set(_RETRY):
        setattr(queue.retry_config, key, wanted[key])
        paths.append(f"retry_config.{key}")
    for key in wanted.keys() & _DURATIONS.keys():
        set_seconds(getattr(queue.retry_config, _DURATIONS[key]), float(wanted[key]))
        paths.append(f"retry_config.{_DURATIONS[key]}")
    request = request_type("UpdateQueue")(queue=queue)
    request.update_mask.paths.extend(paths)
    update(request)
