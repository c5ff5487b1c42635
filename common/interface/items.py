"""Items of a run, and the story of one record."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.errors import NotFound, Usage
from common.flows import flow
from common.interface.desk import Desk, View, rows
from common.interface.loading import NumberedLoader, loader_of
from common.pipeline.flow import load
from common.pipeline.runs import unknown_run

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_SHOWN = 500
_MOST_TOLD = 20  # runs of one key whose stories are told at once

_LIST = """
select id, key, step, state, reason, attempts, priority from items
where tenant_id = :tenant and run_id = :run and id > :after and (cast(:state as text) is null or state = :state)
  and (cast(:reason as text) is null or reason = :reason)
order by id limit :limit
"""
_ITEM = """
select i.id, i.run_id, i.flow, i.key, i.step, i.state, i.outcome, i.reason, i.attempts, i.priority, i.data
from items i where i.tenant_id = :tenant and i.id = :id
"""
_OF_KEY = "select id from items where tenant_id = :tenant and flow = :flow and key = :key order by id desc limit :limit"
_OF_KEYS = """
select id from items where tenant_id = :tenant and flow = :flow and key = any(cast(:keys as text[])) order by id desc limit :limit
"""
_OF_NUMBER = """
select id from items where tenant_id = :tenant and flow = :flow and split_part(key, '|', 2) = :number order by id desc limit :limit
"""
_EVENTS = """
select at, step, kind, body from events where tenant_id = :tenant and item_id = :item order by tx, id
"""
_DECISION = """
select at, route, rule, rule_version, reason, priority, confidence, features from decisions
where tenant_id = :tenant and item_id = :item
"""
_TASKS = """
select id, task_type, state, priority, reason, error, editor, note, source_url, answer, created_at, completed_at, validator,
  validated_at from manual_tasks where tenant_id = :tenant and item_id = :item order by id
"""
_CHANGES = """
select id, target, operation, state, diff, reason, source_system, created_at, approved_at, approved_by, review_note,
  applied_at, error from staged_changes where tenant_id = :tenant and item_id = :item order by id
"""
_EFFECTS = """
select id, target, part, operation, state, attempt, sent_at, confirmed_at, remote_id, error from effects
where tenant_id = :tenant and item_id = :item order by id
"""


class ItemView(View):
    """One record in a run, in short."""

    id: int
    key: str
    step: str
    state: str
    reason: str | None
    attempts: int
    priority: float


class ItemPage(View):
    """Some items; `next` is what to ask for with `after` to get the following ones, None after the last."""

    items: list[ItemView]
    next: int | None


class ItemDetails(ItemView):
    """One record in a run, with its working document."""

    run_id: str
    flow: str
    outcome: str | None
    data: dict[str, Any]


class TimelineEvent(View):
    """One thing that happened to a record. at: business time."""

    at: datetime
    step: str | None
    kind: str
    body: dict[str, Any]


class Timeline(View):
    """The story of one record in one run: what happened, what was decided and why, and what was written where."""

    item: ItemDetails
    events: list[TimelineEvent]
    decision: dict[str, Any] | None
    manual_tasks: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    effects: list[dict[str, Any]]


class Items(Desk):
    """The tenant's records."""

    def of_run(
        self,
        run_id: str,
        *,
        state: str | None = None,
        reason: str | None = None,
        limit: int = 50,
        after: int = 0,
    ) -> ItemPage:
        """Items of a run in the order in which they were found. Raises NotFound for an unknown run."""
        most = min(limit, _MOST_SHOWN)
        filters = {"run": run_id, "state": state, "reason": reason, "after": after}
        with self.transaction() as connection:
            known = rows(
                connection,
                "select 1 from runs where tenant_id = :tenant and id = :run",
                tenant=self.tenant,
                run=run_id,
            )
            if not known:
                raise unknown_run(run_id)
            found = rows(connection, _LIST, tenant=self.tenant, limit=most + 1, **filters)
        shown = [ItemView(**row) for row in found[:most]]
        return ItemPage(items=shown, next=shown[-1].id if len(found) > most else None)

    def timeline(self, item_id: int) -> Timeline:
        """The story of an item. Raises NotFound."""
        with self.transaction() as connection:
            return self._timeline(connection, item_id)

    def timelines(self, flow_name: str, key: str) -> list[Timeline]:
        """The stories of a record in its newest runs, newest first, by its natural key, or by what people call it.

        Raises NotFound when no run has met it.
        """
        declared = flow(flow_name)
        if not key.strip():
            raise Usage("Give the natural key of a record, or its number.", reason="no_key")
        with self.transaction() as connection:
            found = rows(connection, _OF_KEY, tenant=self.tenant, flow=flow_name, key=key, limit=_MOST_TOLD)
            loader = loader_of(flow_name, self.services) if declared.loader else None
            if not found and isinstance(loader, NumberedLoader):
                found = rows(
                    connection,
                    _OF_NUMBER,
                    tenant=self.tenant,
                    flow=flow_name,
                    number=loader.number_in_key(key),
                    limit=_MOST_TOLD,
                )
            if not found and declared.known_as:
                keys = load(declared.known_as)(connection, self.tenant, key)
                found = rows(
                    connection, _OF_KEYS, tenant=self.tenant, flow=flow_name, keys=keys, limit=_MOST_TOLD
                )
            if not found:
                raise NotFound(f"No run of {flow_name} has met {key!r}.", reason="unknown_key")
            return [self._timeline(connection, row["id"]) for row in found]

    def _timeline(self, connection: "Connection", item_id: int) -> Timeline:
        found = rows(connection, _ITEM, tenant=self.tenant, id=item_id)
        if not found:
            raise NotFound(
                f"There is no item {item_id}; a run's items are listed at /runs/ID/items.",
                reason="unknown_item",
            )

        def of_item(statement: str) -> list[dict[str, Any]]:
            return rows(connection, statement, tenant=self.tenant, item=item_id)

        return Timeline(
            item=ItemDetails(**found[0]),
            events=[TimelineEvent(**event) for event in of_item(_EVENTS)],
            decision=_first(of_item(_DECISION)),
            manual_tasks=of_item(_TASKS),
            changes=of_item(_CHANGES),
            effects=of_item(_EFFECTS),
        )


def _first(found: list[dict[str, Any]]) -> Mapping[str, Any] | None:
    return found[0] if found else None
