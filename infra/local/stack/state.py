"""The folder that holds everything a local stack keeps, and the names in it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class State:
    """The state folder of one stack; `folder` is absolute."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "State":
        """The state under `folder`, which need not exist yet."""
        return cls(folder.resolve())

    @property
    def record(self) -> Path:
        """What runs where: see `infra.local.stack.record`."""
        return self.folder / "stack.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor for as long as it lives."""
        return self.folder / "stack.lock"

    @property
    def environment(self) -> Path:
        """The environment variables that the functions run with, as one JSON object."""
        return self.folder / "environment.json"

    @property
    def clock(self) -> Path:
        """The shared clock's offset."""
        return self.folder / "clock.json"

    @property
    def queues(self) -> Path:
        """The queues that the Cloud Tasks emulator starts with."""
        return self.folder / "queues.json"

    @property
    def jobs(self) -> Path:
        """The jobs that the Cloud Scheduler stand-in runs."""
        return self.folder / "jobs.json"

    @property
    def keys(self) -> Path:
        """The keys that sign identity tokens."""
        return self.folder / "keys"

    @property
    def secrets(self) -> Path:
        """Vendor credentials and the local API token; open to nobody else."""
        return self.folder / "secrets"

    @property
    def api_token(self) -> Path:
        """The bearer token of the local administrator."""
        return self.secrets / "api-token"

    @property
    def runtime(self) -> Path:
        """Sockets and the like of running servers, which would otherwise go to the home folder."""
        return self.folder / "run"

    def log(self, service: str) -> Path:
        """The output of one service."""
        return self.folder / "log" / f"{service}.log"

    def of(self, service: str) -> Path:
        """The data folder of one service."""
        return self.folder / service


def write_json(file: Path, value: Any) -> None:
    """Replace a file at once: a reader sees the old value or the new one, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    scratch.write_text(json.dumps(value, indent=2) + "\n")
    scratch.replace(file)


def write_private(file: Path, text: str) -> None:
    """Make a file that only its owner may read; one that is there already stays as it is."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
