"""The pipeline's tables as the engine uses them: claim, record, close, give back, fail. One SQL call each.

Every method reports whether its write landed; what did not land belongs to another holder now.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.database.engine import Database, DataRefused, as_json, call
from common.pipeline.flow import Child, Flow, Page, Piece, Step, number
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.settings import ResolvedSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A chunk has left our hands: which lanes may have something to wake now."""

    tenant: str
    run_id: str
    lanes: Sequence[str]
    cancelling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The chunk's lane holds it back: full, closed until a time, or paused."""

    why: str
    tenant: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A chunk that wants a wake-up, and when (None: now)."""

    tenant: str
    run_id: str
    flow: str
    step: str
    chunk_id: int
    generation: int
    due: float | None = None
    """Seconds since the epoch, in business time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the closer of a chunk has to do once it has committed."""

    woken: Sequence[Woken] = field(default_factory=tuple)
    settled: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """(tenant, run) of runs that have just ended."""


class PipelineStore:
    """The engine's view of Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, chunk_id: int, step: str, lease_seconds: float) -> Claim | Refused | None:
        """Take a lease on a chunk; None when there is nothing to do."""
        token = str(uuid.uuid4())
        wanted = {"chunk": chunk_id, "step": step, "token": token, "lease_seconds": lease_seconds}
        answer = self._database.call("shelfline_claim_v1", wanted)
        if answer is None:
            return None
        if "refused" in answer:
            return Refused(why=answer["refused"], tenant=answer["tenant"], lane=answer["lane"])
        return _claim(answer["claimed"], token)

    def record(
        self, connection: "Connection", claim: Claim, flow: Flow, outcomes: Sequence[Outcome], *, close: bool
    ) -> Closed | None:
        """Record outcomes of a claimed chunk, and with close=True end the chunk; None when the lease was lost."""
        return _closed(
            call(connection, "shelfline_record_v1", _record_document(claim, flow, outcomes, close))
        )

    def record_alone(
        self, claim: Claim, flow: Flow, outcomes: Sequence[Outcome], *, close: bool
    ) -> Closed | None:
        """The same in a transaction of its own, in one round trip."""
        return _closed(
            self._database.call("shelfline_record_v1", _record_document(claim, flow, outcomes, close))
        )

    def record_page(self, claim: Claim, flow: Flow, page: Page, *, give_back: bool) -> Closed | None:
        """Record one page of a source: its children as items in chunks of the next step, and the cursor after it.

        give_back: whether the source is read on by another wake-up.
        """
        try:
            answer = self._database.call("shelfline_record_source_v1", _page(claim, flow, page, give_back))
        except DataRefused:
            mended = replace(page, children=[_recordable(child) for child in page.children])
            answer = self._database.call("shelfline_record_source_v1", _page(claim, flow, mended, give_back))
        return _closed(answer)

    def record_page_with(
        self, connection: "Connection", claim: Claim, flow: Flow, page: Page, *, give_back: bool
    ) -> Closed | None:
        """The same inside a transaction that writes more."""
        return _closed(call(connection, "shelfline_record_source_v1", _page(claim, flow, page, give_back)))

    def delay(
        self, claim: Claim, seconds: float, note: Mapping[str, Any] | None, *, planned: bool
    ) -> Closed | None:
        """Give a chunk back whole, to be woken later; a planned delay forgets the tries."""
        arguments = (claim.chunk_id, claim.token, seconds, dict(note) if note else None, planned)
        return _closed(self._database.call("shelfline_delay_chunk_v1", *arguments))

    def fail(self, claim: Claim, error: Mapping[str, Any]) -> Closed | None:
        """Close a chunk that cannot go on; its run fails with this error once it settles."""
        return _closed(
            self._database.call("shelfline_fail_chunk_v1", claim.chunk_id, claim.token, dict(error))
        )

    def mark_failed(self, run_id: str, error: Mapping[str, Any]) -> None:
        """Something that only a person can mend stands in the way of a run: it fails with this once it settles."""
        with self._database.transaction() as connection:
            connection.exec_driver_sql(
                "update runs set error = coalesce(error, cast(%s as jsonb)) where id = %s",
                (as_json(dict(error)), run_id),
            )

    def split(self, claim: Claim, flow: Flow) -> Closed | None:
        """Cut a chunk that makes no progress into single items; what is recorded already goes on its way."""
        document = {**_record_document(claim, flow, [], close=True), "chunk_size": 1}
        return _closed(self._database.call("shelfline_split_chunk_v1", document))

    def close_lane(self, tenant: str, lane: str, until: datetime, reason: str) -> None:
        """Hold a lane back until a time."""
        self._database.call("shelfline_close_lane_v1", tenant, lane, until, reason)

    def after_close(self, closed: Closed) -> Aftermath:
        """Choose what to wake next, release barriers, settle the run: after the closing transaction."""
        answer = self._database.call(
            "shelfline_after_close_v1", closed.run_id, closed.tenant, list(closed.lanes)
        )
        settled = [(closed.tenant, closed.run_id)] if answer["settled"] else []
        return Aftermath(woken=[_woken(row) for row in answer["woken"]], settled=settled)

    def top_up(self, tenant: str, lane: str) -> Aftermath:
        """Choose what a lane may run next."""
        return Aftermath(
            woken=[_woken(row) for row in self._database.call("shelfline_top_up_v1", tenant, lane)]
        )

    def sweep(self, grace_seconds: float) -> Aftermath:
        """Find due work without a live wake-up, expired leases and runs to settle."""
        answer = self._database.call("shelfline_sweep_v1", grace_seconds)
        settled = [(row["tenant"], row["run"]) for row in answer["settled"]]
        return Aftermath(woken=[_woken(row) for row in answer["woken"]], settled=settled)


def run_of(document: Mapping[str, Any], tenant: str) -> Run:
    """A run from the form in which the claim tells of it."""
    return Run(
        id=document["id"],
        tenant=tenant,
        flow=document["flow"],
        scope=document["scope"],
        mode=document["mode"],
        options=document["options"],
        settings=ResolvedSettings.from_json(document["settings"]),
        frozen_at=datetime.fromisoformat(document["frozen_at"]),
        declared=document["declared"],
        cancelling=document.get("cancelling", False),
    )


def _claim(document: Mapping[str, Any], token: str) -> Claim:
    return Claim(
        chunk_id=document["chunk"],
        token=token,
        step=document["step"],
        phase=document["phase"],
        kind=document["kind"],
        lane=document["lane"],
        tries=document["tries"],
        run=run_of(document["run"], document["tenant"]),
        now=datetime.fromisoformat(document["now"]),
        cursor=document["cursor"] or {},
        items=[Item(**item) for item in document["items"]],
    )


def _lease(claim: Claim) -> dict[str, Any]:
    seconds = claim.run.settings["lease_seconds"]
    return {"chunk": claim.chunk_id, "token": claim.token, "lease_seconds": seconds}


def _record_document(claim: Claim, flow: Flow, outcomes: Sequence[Outcome], close: bool) -> dict[str, Any]:
    step = flow.step(claim.step)
    return {
        **_lease(claim),
        "close": close,
        "chunk_size": number(step.chunk_size, claim.run),
        "barriers": flow.barriers,
        "outcomes": [_outcome(outcome, claim, flow, step) for outcome in outcomes],
    }


def _outcome(outcome: Outcome, claim: Claim, flow: Flow, step: Step) -> dict[str, Any]:
    """What Postgres is told of one item. What goes without saying is left out: it reads every byte for every item."""
    state, target, lane = outcome.state, outcome.step, outcome.lane
    if outcome.kind == "next" and state == "recorded" and target is None:
        following = flow.after(step.name)
        target, state = (following.name, state) if following else (None, "done")
    told = {"id": outcome.item.id, "outcome": outcome.kind, "state": state, "reason": outcome.reason}
    if target:
        told["step"], lane = target, lane or flow.lane(flow.step(target), claim.run.id)
    if lane:
        told["lane"] = lane
    if phase := outcome.phase or ("" if target else claim.phase):
        told["phase"] = phase
    return (
        told | _details(outcome)
        if outcome.due or outcome.data or outcome.event or outcome.counts_attempt
        else told
    )


def _details(outcome: Outcome) -> dict[str, Any]:
    return {
        "due": outcome.due.isoformat() if outcome.due else None,
        "data": outcome.data,
        "count_attempt": outcome.counts_attempt,
        "event": outcome.event or None,
    }


def _page(claim: Claim, flow: Flow, page: Page, give_back: bool) -> dict[str, Any]:
    # A source of the last step has no children, and names its own step for none of them.
    following = flow.step(page.to) if page.to else flow.after(claim.step) or flow.step(claim.step)
    return {
        **_lease(claim),
        "close": page.last,
        "give_back_seconds": 0.0 if give_back else None,
        "cursor": page.cursor,
        "declared": page.declared,
        "unchanged": page.unchanged,
        "step": following.name,
        "lane": flow.lane(following, claim.run.id),
        "barrier": flow.barriers.get(f"{following.name}/"),
        "chunk_size": number(following.chunk_size, claim.run),
        "source": f"{flow.name}/{claim.step}",
        "children": [_child(child) for child in page.children],
        "pieces": [_piece(piece, claim, flow) for piece in page.pieces],
    }


def _piece(piece: Piece, claim: Claim, flow: Flow) -> dict[str, Any]:
    return {
        "step": piece.step,
        "phase": piece.phase,
        "lane": flow.lane(flow.step(piece.step), claim.run.id),
        "cursor": piece.cursor,
        "priority": piece.priority,
        "barrier": flow.barriers.get(f"{piece.step}/{piece.phase}"),
    }


def _recordable(child: Child) -> Child:
    """The child, or in the place of one that has no JSON form a rejected one, so that it does not take its page with it."""
    try:
        as_json(_child(child))
    except DataRefused as error:
        problem = {"column": "", "reason": error.reason, "value": "", "detail": str(error)}
        return Child(
            key=child.key, row=child.row, problems=[problem], raw={"key": child.key, "row": child.row}
        )
    return child


def _child(child: Any) -> dict[str, Any]:
    rejected = bool(child.problems)
    return {
        "key": child.key,
        "state": "rejected" if rejected else "ready",
        "reason": "bad_data" if rejected else None,
        "priority": child.priority,
        "data": child.data,
        "problems": list(child.problems) or None,
        "raw": child.raw,
        "row": child.row,
    }


def _closed(answer: Mapping[str, Any] | None) -> Closed | None:
    if answer is None:
        return None
    lanes = sorted({*answer["lanes"], answer["lane"]})
    return Closed(tenant=answer["tenant"], run_id=answer["run"], lanes=lanes, cancelling=answer["cancelling"])


def _woken(row: Mapping[str, Any]) -> Woken:
    return Woken(
        tenant=row["tenant"],
        run_id=row["run"],
        flow=row["flow"],
        step=row["step"],
        chunk_id=row["chunk"],
        generation=row["generation"],
        due=row["due"],
    )
