"""Enriched parts back into BigQuery: one load for all of a run that is ready, from a frozen object, by a job id made from it.

The body is frozen before anything is sent; the job id is made from the send and its attempt. After a crash the same
bytes go under the same id, and BigQuery takes a job id once.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json, assert_no_transaction
from common.effects import PlannedEffect, Send
from common.errors import Conflict, Misconfigured, Retry, ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from common.services import Services
from common.warehouse.port import Column, JobState

if TYPE_CHECKING:
    from common.warehouse.port import Job

TARGET = "bigquery"
TABLE = "parts_enriched"
_SETTLE_SECONDS = 120.0
_MOST_ATTEMPTS = 3

_NAMED = (Column("name", "STRING"), Column("value", "STRING"))
SCHEMA: tuple[Column, ...] = (
    Column("product_id", "STRING"),
    Column("pn", "STRING", "REQUIRED"),
    Column("manufacturer", "STRING"),
    Column("category", "STRING"),
    Column("description", "STRING"),
    Column("lifecycle_status", "STRING"),
    Column("attributes", "RECORD", "REPEATED", (*_NAMED, Column("unit", "STRING"))),
    Column("documents", "RECORD", "REPEATED", (Column("url", "STRING"), Column("type", "STRING"))),
    Column(
        "sellers",
        "RECORD",
        "REPEATED",
        (Column("name", "STRING"), Column("type", "STRING"), Column("offer", "STRING")),
    ),
    Column("extras", "RECORD", "REPEATED", _NAMED),
    Column("provenance", "STRING"),
    Column("key", "STRING", "REQUIRED"),
    Column("content_hash", "STRING", "REQUIRED"),
    Column("change_id", "INT64", "REQUIRED"),
    Column("run_id", "STRING", "REQUIRED"),
    Column("enriched_at", "TIMESTAMP", "REQUIRED"),
)


class WarehouseLoad:
    """The `bigquery` phase of the push step."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, claim: Claim, items: Sequence[Item], change_ids: Mapping[int, int]) -> Iterable[Outcome]:
        """All of these parts in one load. Raises Retry while the load runs: the chunk is woken again."""
        assert_no_transaction()
        while open_items := self._unconfirmed(claim, items, change_ids):
            self._deliver(claim, open_items, change_ids)
        for item in items:
            yield outcomes.done(item, "pushed")

    def _unconfirmed(
        self, claim: Claim, items: Sequence[Item], change_ids: Mapping[int, int]
    ) -> Sequence[Item]:
        """A send may hold some of them only: it was frozen when they were fewer, or others."""
        changes = [change_ids[item.id] for item in items]
        confirmed = self._services.effects.confirmed(claim.run.tenant, TARGET, changes)
        return [item for item in items if change_ids[item.id] not in confirmed]

    def _deliver(self, claim: Claim, items: Sequence[Item], change_ids: Mapping[int, int]) -> None:
        changes = [change_ids[item.id] for item in items]
        send = self._services.effects.open_send(claim.run.tenant, TARGET, changes)
        if send is None:
            send = self._freeze(claim, items, change_ids)
        self._drive(send)

    def _freeze(self, claim: Claim, items: Sequence[Item], change_ids: Mapping[int, int]) -> Send:
        body = _body(claim, items, change_ids)
        digest = hashlib.sha256(body).hexdigest()
        changes = [change_ids[item.id] for item in items]
        key = self._services.effects.next_send_key(claim.run.tenant, TARGET, changes)
        name = f"sends/{claim.run.id}/{key}.ndjson"
        self._keep(name, body)
        effects = [_effect(item, change_ids[item.id]) for item in items]
        return self._services.effects.freeze(
            claim.run.tenant,
            TARGET,
            run_id=claim.run.id,
            chunk_id=claim.chunk_id,
            key=key,
            effects=effects,
            body_object=name,
            body_hash=digest,
        )

    def _keep(self, name: str, body: bytes) -> None:
        try:
            self._services.objects.put(name, body, content_type="application/x-ndjson", if_generation=0)
        except Conflict:
            return  # frozen by the try before this one; the first body stands

    def _drive(self, send: Send) -> None:
        """Bring a send to its end, or raise Retry to look again later."""
        attempt = max(1, send.attempt)
        job = self._services.warehouse.job(_job_id(send, attempt)) if send.state == "sent" else None
        if job is not None and job.error is not None:
            attempt = self._next_attempt(send, job.error)
            job = None
        if job is None:
            if not self._services.effects.mark_sent(send, attempt=attempt, settle_seconds=_SETTLE_SECONDS):
                raise Retry("Another worker is sending these parts.", reason="not_done_yet", after=2)
            job = self._start(send, attempt)
        self._settle(send, attempt, job)

    def _next_attempt(self, send: Send, error: ShelflineError) -> int:
        if isinstance(error, Misconfigured) or send.attempt >= _MOST_ATTEMPTS:
            self._services.effects.refuse(send, str(error))
            raise Misconfigured(f"BigQuery does not take the enriched parts: {error}", reason="load_refused")
        return send.attempt + 1

    def _start(self, send: Send, attempt: int) -> "Job | None":
        uri = f"gs://{self._services.environment.bucket}/{send.body_object}"
        job_id = _job_id(send, attempt)
        self._services.warehouse.load_objects(job_id, TABLE, [uri], SCHEMA)
        return self._services.warehouse.job(job_id)

    def _settle(self, send: Send, attempt: int, job: "Job | None") -> None:
        if job is None or job.state is not JobState.DONE:
            raise Retry("The load into BigQuery still runs.", reason="not_done_yet", after=2)
        if job.error is not None:
            raise Retry(f"The load failed: {job.error}", reason="load_failed", after=5)
        self._services.effects.confirm(send, _job_id(send, attempt))


def _job_id(send: Send, attempt: int) -> str:
    return f"shelfline_load_{send.idempotency_key}_{attempt}"


def _effect(item: Item, change_id: int) -> PlannedEffect:
    return PlannedEffect(
        item_id=item.id,
        key=item.key,
        change_id=change_id,
        operation="append",
        content_hash=item.data["document_hash"],
        part=TABLE,
    )


def _body(claim: Claim, items: Sequence[Item], change_ids: Mapping[int, int]) -> bytes:
    """One JSON document a line, in the order of the changes, so that the same members make the same bytes."""
    ordered = sorted(items, key=lambda item: change_ids[item.id])
    lines = (as_json(_row(item, change_ids[item.id], claim.run.id, claim.run.frozen_at)) for item in ordered)
    return ("\n".join(lines) + "\n").encode()


def _row(item: Item, change_id: int, run_id: str, frozen_at: datetime) -> dict[str, Any]:
    document = item.data["document"]
    single = {
        name: document[name] for name in ("product_id", "manufacturer", "description", "lifecycle_status")
    }
    return {
        **single,
        "pn": document["part_number"],
        "category": " > ".join(document["category_path"]),
        "attributes": [
            {name: a.get(name) for name in ("name", "value", "unit")} for a in document["attributes"]
        ],
        "documents": [{"url": d["url"], "type": d["type"]} for d in document["documents"]],
        "sellers": [
            {"name": s["name"], "type": s["type"], "offer": as_json(s["offer"])} for s in document["sellers"]
        ],
        "extras": [{"name": e["name"], "value": e["value"]} for e in document["extras"]],
        "provenance": as_json(item.data["provenance"]),
        "key": item.key,
        "content_hash": item.data["document_hash"],
        "change_id": change_id,
        "run_id": run_id,
        "enriched_at": item.data.get("enriched_at") or frozen_at.isoformat(),
    }
