"""What a step sees: the run, the items of a claimed chunk, and the chunk itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.settings import ResolvedSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record in a run."""

    id: int
    key: str
    """The natural key within tenant and flow."""
    data: Mapping[str, Any]
    """The working document: what the steps so far have said of the item."""
    attempts: int = 0
    """Tries of the present step that ended in a retry."""
    priority: float = 0.0
    """0 to 1; higher goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a flow, as every step of it sees it: frozen when it started."""

    id: str
    tenant: str
    flow: str
    mode: str
    options: Mapping[str, Any]
    settings: ResolvedSettings
    frozen_at: datetime
    """Statistics that decisions rest on are taken as of this time."""
    scope: str = ""
    declared: int | None = None
    """Records the source says the run answers for, once it has said so."""
    cancelling: bool = False

    @property
    def may_write(self) -> bool:
        """False in mode TEST, where no target can be written."""
        return self.mode != "TEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A chunk under our lease: only the holder of its token may record."""

    chunk_id: int
    token: str
    step: str
    phase: str
    kind: str
    lane: str
    tries: int
    """Claims since the chunk last made progress, this one included."""
    run: Run
    now: datetime
    """Business time at the claim."""
    cursor: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Item] = ()
