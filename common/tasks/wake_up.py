"""The body of a task: which run, step and chunk to look at. It carries no data and no secret."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from common.errors import Retry, Usage

VERSION = 1
"""The form of the body that this release writes; it reads this one and every older one."""


class NewerWakeUp(Retry):
    """A newer release wrote this wake-up: give the chunk back and let an instance of that release take it."""

    reason = "newer_wake_up"


@dataclass(frozen=True, slots=True)
class WakeUp:
    """One wanted look at a chunk.

    generation rises each time a delivery is wanted, so that a name is never needed twice.
    """

    run_id: str
    step: str
    chunk_id: int
    generation: int
    version: int = VERSION

    def to_bytes(self) -> bytes:
        """The body of a task, compact JSON in UTF-8."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    def task_name(self) -> str:
        """The name of the task that carries this wake-up."""
        return task_name(self.run_id, self.step, self.chunk_id, self.generation)


def task_name(run_id: str, step: str, chunk_id: int, generation: int) -> str:
    """Hex SHA-256 of run, step, chunk and generation.

    A hash and not the numbers themselves: names in sequence slow Cloud Tasks down, it wants them spread.
    """
    return hashlib.sha256(f"{run_id}:{step}:{chunk_id}:{generation}".encode()).hexdigest()


def parse(body: bytes) -> WakeUp:
    """Read a task's body. Headers are not asked: Cloud Tasks may deliver without a JSON content type.

    Fields that are not known are passed over; they may come from a newer release that kept the version.

    Raises:
        NewerWakeUp: the version is above VERSION.
        Usage: the body is not a wake-up.
    """
    fields = _object(body)
    version = _number(fields, "version")
    if version > VERSION:
        raise NewerWakeUp(f"the wake-up has version {version}, this release reads up to {VERSION}")
    return WakeUp(
        run_id=_text(fields, "run_id"),
        step=_text(fields, "step"),
        chunk_id=_number(fields, "chunk_id"),
        generation=_number(fields, "generation"),
        version=version,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # ValueError covers JSON and UTF-8
        raise Usage("the body is not JSON; a step is called with a wake-up") from None
    if not isinstance(document, dict):
        raise Usage("the body is not a JSON object; a step is called with a wake-up")
    return document


def _number(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Usage(f"the wake-up's {name!r} must be a whole number, 0 or more")
    return value


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Usage(f"the wake-up's {name!r} must be a text that is not empty")
    return value
