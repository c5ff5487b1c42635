"""What a supervisor writes down: what runs where, kept in `stack.json`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from infra.local.stack.processes import Identity
from infra.local.stack.state import write_json


class Health(StrEnum):
    """Where a service, or the stack as a whole, stands."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    STOPPED = "stopped"
    RED = "red"
    """Given up; the reason says why."""


@dataclass(frozen=True)
class ServiceRecord:
    """One service. url: its address, "" for one without. restarts: how often it was started again."""

    health: Health
    url: str = ""
    log: str = ""
    process: Identity | None = None
    stop_signal: int = 15
    restarts: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Record:
    """The stack. ports: by name, kept across restarts. seconds: how long the last start took."""

    health: Health = Health.STOPPED
    reason: str = ""
    supervisor: Identity | None = None
    seconds: float | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    real_vendors: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, ServiceRecord] = field(default_factory=dict)

    def processes(self) -> Iterator[tuple[Identity, int]]:
        """Each service's process with the signal that stops it."""
        for service in self.services.values():
            if service.process:
                yield service.process, service.stop_signal

    def is_supervised(self) -> bool:
        """Whether the supervisor that wrote this still lives."""
        return self.supervisor is not None and self.supervisor.is_alive()

    def as_json(self) -> dict[str, Any]:
        """The record as the file and the control server show it."""
        return asdict(self)

    def write(self, file: Path) -> None:
        """Replace the file."""
        write_json(file, self.as_json())

    @classmethod
    def read(cls, file: Path) -> "Record":
        """What the file says; without a file, or with one of another release, the stack never ran."""
        try:
            return cls._from_json(json.loads(file.read_text()))
        except (FileNotFoundError, KeyError, TypeError, ValueError):
            return cls()

    @classmethod
    def _from_json(cls, values: dict[str, Any]) -> "Record":
        services = {name: _service(each) for name, each in values.pop("services").items()}
        supervisor = _identity(values.pop("supervisor"))
        return cls(**{**values, "health": Health(values["health"])}, supervisor=supervisor, services=services)


def _service(values: dict[str, Any]) -> ServiceRecord:
    return ServiceRecord(
        **{**values, "health": Health(values["health"]), "process": _identity(values["process"])}
    )


def _identity(values: dict[str, Any] | None) -> Identity | None:
    return Identity(**values) if values else None
