"""What a step says of an item: go on, or why not. The only way for an adapter to change anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from common.pipeline.item import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome of one step for one item; made by the functions below."""

    item: Item
    kind: str
    """next, skip, manual, review, wait, reject, retry, fail: the words of the design; it is the kind of the event."""
    state: str
    """The state the item is recorded in: recorded (goes on), waiting, or an end state."""
    reason: str
    data: Mapping[str, Any] | None = None
    """What the step adds to the working document; keys replace keys."""
    step: str | None = None
    phase: str | None = None
    lane: str | None = None
    due: datetime | None = None
    counts_attempt: bool = False
    event: Mapping[str, Any] = field(default_factory=dict)
    """Details for the item's story; never a secret."""
    writes: Mapping[str, Any] = field(default_factory=dict)
    """Rows for the writers of the recording transaction, by writer: decision, manual_task, change, quarantine, and the flow's own."""

    def writing(self, **rows: Any) -> Self:
        """The same outcome with rows for more writers."""
        return replace(self, writes={**self.writes, **rows})

    def telling(self, **details: Any) -> Self:
        """The same outcome with more details for its event."""
        return replace(self, event={**self.event, **details})


def proceed(
    item: Item,
    reason: str = "ok",
    *,
    data: Mapping[str, Any] | None = None,
    to: str | None = None,
    phase: str | None = None,
    lane: str | None = None,
) -> Outcome:
    """The item goes on: to the next step of the route, or to the step named (in a phase or lane of it)."""
    return Outcome(
        item=item, kind="next", state="recorded", reason=reason, data=data, step=to, phase=phase, lane=lane
    )


def done(item: Item, reason: str = "pushed", *, data: Mapping[str, Any] | None = None) -> Outcome:
    """The item has reached its end as it should."""
    return Outcome(item=item, kind="next", state="done", reason=reason, data=data)


def skip(item: Item, reason: str) -> Outcome:
    """There is nothing to do for the item, and that is right."""
    return Outcome(item=item, kind="skip", state="skipped", reason=reason)


def manual(item: Item, reason: str, task: Mapping[str, Any]) -> Outcome:
    """A person has to do it. task: priority, task_type, confidence, record, evidence, error, resume_step."""
    return Outcome(item=item, kind="manual", state="manual", reason=reason, writes={"manual_task": task})


def review(item: Item, reason: str, *, data: Mapping[str, Any] | None = None) -> Outcome:
    """The item is ready, and waits until a person has approved its change."""
    return Outcome(item=item, kind="review", state="waiting", reason=reason, data=data)


def wait(item: Item, reason: str, until: datetime | None = None) -> Outcome:
    """Not now: a budget is used up until a time, or (without one) until the item's lane opens. Costs no attempt."""
    return Outcome(item=item, kind="wait", state="waiting", reason=reason, due=until)


def reject(
    item: Item,
    reason: str,
    problems: Sequence[Mapping[str, Any]],
    raw: Mapping[str, Any],
    *,
    row: int | None = None,
) -> Outcome:
    """The data is bad: it goes to quarantine with its problems [{column, reason}], and can be replayed once mended.

    row: where it stands in the source; leave it out of `raw`, by which what every run meets again is kept once.
    """
    kept = {"problems": list(problems), "raw": raw, "row_number": row}
    return Outcome(item=item, kind="reject", state="rejected", reason=reason, writes={"quarantine": kept})


def retry(item: Item, reason: str, at: datetime, *, error: str) -> Outcome:
    """Try the step again at a time; costs an attempt."""
    return Outcome(
        item=item,
        kind="retry",
        state="recorded",
        reason=reason,
        due=at,
        counts_attempt=True,
        event={"error": error},
    )


def fail(item: Item, reason: str, *, error: str) -> Outcome:
    """The item could not be done, and nobody is asked to."""
    return Outcome(item=item, kind="fail", state="failed", reason=reason, event={"error": error})
