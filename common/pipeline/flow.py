"""What a flow declares: its route, the adapters of its steps, and the lanes they queue in. Nothing else makes a flow.

Adapters are named as "module:attribute" and loaded by the step that needs them, so a cold start pays for one step.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from common.errors import NotFound, Retry, ShelflineError
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome, fail

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services


@dataclass(frozen=True, slots=True)
class Child:
    """One record that a source found. A child with problems is rejected: it is counted, kept in quarantine, and ends there."""

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    priority: float = 0.0
    row: int = 0
    """Where it stands in the source, from 1."""
    problems: Sequence[Mapping[str, Any]] = ()
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a source that is read by itself: a chunk of a step, which begins at its own cursor."""

    step: str
    cursor: Mapping[str, Any]
    phase: str = ""
    priority: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source, and the cursor from which the next page is read."""

    children: Sequence[Child] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    declared: int | None = None
    """Records the source says there are in all."""
    last: bool = False
    unchanged: int = 0
    """Records of this page that are counted as skipped, without an item each."""
    pieces: Sequence[Piece] = ()
    to: str | None = None
    """The step that the children go to; None for the next of the route."""
    content: Any = None
    """What was read, for `settle` to make children of."""


class Source(Protocol):
    """An adapter of a step that finds records."""

    def load(self, connection: "Connection", claim: Claim) -> Any:
        """What `read` needs to know from our tables, read in one short transaction."""
        ...

    def read(self, claim: Claim, loaded: Any) -> Iterator[Page]:
        """Pages from the claim's cursor on; any error of the common types may be raised, never "no rows" for one."""
        ...


class SettlingSource(Source, Protocol):
    """A source that compares what it has read with our tables, or works on them, as it is recorded."""

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """What is to be recorded of a page, made inside the transaction that records it; nothing outside is called."""
        ...


class ItemStep:
    """An adapter of a step that works on items. Override `run`; the rest has a default.

    `load` and `apply` have a transaction and make no outside call; `run` has neither session nor transaction.
    """

    def load(self, connection: "Connection", claim: Claim) -> Any:
        """What `run` needs to know from our tables, read in one short transaction."""
        return None

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """An outcome for each item, in any order; items without one are given back. Errors of the common types may be raised."""
        raise AssertionError("an adapter must say what it does")

    def apply(self, connection: "Connection", run: Run, outcomes: Sequence[Outcome]) -> None:
        """Write the flow's own tables, inside the transaction that records these outcomes."""

    def attempts_allowed(self, run: Run) -> int:
        """How often an item is tried at this step."""
        return int(run.settings.automation_retry_attempts)

    def exhausted(self, item: Item, error: ShelflineError, run: Run) -> Outcome:
        """What becomes of an item whose attempts are used up, or on which automation gave up."""
        return fail(item, error.reason, error=str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A phase of a step that starts once, when nothing before it in the run is open.

    strict: waits for chunks that wait for a quota window too.
    merged: the chunks behind it are joined into one for each lane; else they stay as they are.
    """

    number: int
    strict: bool = True
    merged: bool = True

    def as_json(self) -> dict[str, Any]:
        """The form in which Postgres takes it."""
        return {"number": self.number, "strict": self.strict, "merged": self.merged}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a route.

    lane: a name with {run}, {flow} in it; chunks in one lane go by priority.
    width: how many chunks of the lane run at once: a number, a setting's name, or None for no limit.
    chunk_size: a number or a setting's name.
    record_every: items after which outcomes are recorded; 1 where each item costs an outside call.
    whole_phases: an error concerns the whole chunk there: it is delayed as it is, not item by item.
    phases: phases that have an adapter of their own, as "module:attribute".
    barriers: phases that begin once what is before them in the run has ended; "" is the step itself.
    """

    name: str
    adapter: str
    kind: str = "items"
    lane: str = "{run}/{step}"
    width: int | str | None = None
    chunk_size: int | str = "chunk_size"
    record_every: int = 100
    queue: str = "steps"
    whole_phases: frozenset[str] = frozenset()
    phases: Mapping[str, str] = field(default_factory=dict)
    barriers: Mapping[str, Barrier] = field(default_factory=dict)

    def adapter_of(self, phase: str) -> str:
        """The reference of what does this phase of the step."""
        return self.phases.get(phase, self.adapter)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A Cloud Tasks queue that a flow asks for; Terraform and the local stack read these."""

    name: str
    max_dispatches_per_second: float = 500
    max_concurrent_dispatches: int = 64
    max_attempts: int = 5
    min_backoff_seconds: float = 1
    max_backoff_seconds: float = 60
    max_doublings: int = 4


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A flow: a name, a route, and what is its own."""

    name: str
    steps: Sequence[Step]
    queues: Sequence[Queue] = (Queue(name="steps"),)
    targets: Sequence[str] = ()
    """Where the flow pushes, as reports name it."""
    resume_step: str = "stage"
    """Where an item goes on after a person has answered for it."""
    note_answers: bool = False
    """Whether a note alone answers a task: a person lets the record go on, and has nothing to fill in."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options a run of this flow takes, each with one line of meaning."""
    run_check: str | None = None
    """"module:function" that refuses options that do not go together (raises Usage)."""
    report: str | None = None
    """"module:function" (connection, tenant, run ids) -> {"pushed": {...}, "detail": {...}}."""
    policy: str | None = None
    """"module:function" that decides again from stored features under other settings, for `what-if`."""
    loader: str | None = None
    """"module:class" that takes a user's own file into the source."""
    known_as: str | None = None
    """"module:function" (connection, tenant, text) -> keys of the records that people know by this text."""
    planner: str | None = None
    """"module:function" that reckons what a push would take of a vendor's budget; see `common.interface.plans.Planner`."""
    reviewed: str | None = None
    """"module:function" (connection, tenant, item ids, approved=, by=) told of changes that a person has decided on, in the
    same transaction."""
    sweeper: str | None = None
    """"module:function" (connection) -> counts by name: what of the flow sweep ends each minute; it calls nothing outside."""
    columns: str | None = None
    """"module:function" (services) -> the columns of the source now, for flows whose fingerprints cover a versioned list."""

    @cached_property
    def _by_name(self) -> Mapping[str, int]:
        return {step.name: place for place, step in enumerate(self.steps)}

    def step(self, name: str) -> Step:
        """The step of that name; NotFound if the route has none."""
        if name not in self._by_name:
            raise NotFound(f"The flow {self.name} has no step {name}.")
        return self.steps[self._by_name[name]]

    def after(self, name: str) -> Step | None:
        """The step that follows on the route, or None after the last."""
        place = self._by_name[name] + 1
        return self.steps[place] if place < len(self.steps) else None

    @cached_property
    def barriers(self) -> Mapping[str, Mapping[str, Any]]:
        """ "step/phase" → the barrier before it, as Postgres takes it."""
        return {
            f"{step.name}/{phase}": barrier.as_json()
            for step in self.steps
            for phase, barrier in step.barriers.items()
        }

    def lane(self, step: Step, run_id: str) -> str:
        """The lane in which chunks of a step of a run queue."""
        return step.lane.format(run=run_id, flow=self.name, step=step.name)


def load(reference: str) -> Any:
    """The object that "module:attribute" names."""
    module, _, attribute = reference.partition(":")
    return getattr(importlib.import_module(module), attribute)


def number(value: int | str | None, run: Run) -> int | None:
    """A number given as itself or by the name of a setting."""
    return run.settings.number(value) if isinstance(value, str) else value


class AdapterFactory(Protocol):
    """What an adapter reference names: something that makes the adapter from the process's services."""

    def __call__(self, services: "Services") -> Any:
        """The adapter, made once a process."""
        ...


def retryable(error: BaseException) -> bool:
    """Whether an error may pass by itself."""
    return isinstance(error, Retry) or not isinstance(error, ShelflineError)
