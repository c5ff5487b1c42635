"""What the router knows before it decides: read once for a chunk, set by set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from common.database.engine import as_json
from common.pipeline.item import Claim, Item
from functions.decide.parts.budget import Budget, load_budget
from functions.fetch.parts.key import folded

if TYPE_CHECKING:
    from sqlalchemy import Connection

# History counts as of the run's start, so that a step repeated later, or another order, decides the same.
_HISTORY = """
select x.key,
  exists (select from manual_tasks t where t.tenant_id = %s and t.flow = 'parts' and t.key = x.key
          and t.state in ('open', 'claimed') and t.item_id is distinct from x.id) as open_task,
  exists (select from staged_changes c join items i on i.id = c.item_id where c.tenant_id = %s and c.flow = 'parts'
          and c.key = x.key and c.state in ('pending', 'approved') and c.item_id <> x.id
          and i.data->>'source_hash' = x.source_hash) as staged,
  (select count(*) from part_outcomes o where o.tenant_id = %s and o.key = x.key and not o.succeeded
     and o.at < %s and o.at >= %s) as failures,
  s.considered_hash, s.considered_at, coalesce(s.target_doc->>'product_id', (
    select c.after->>'product_id' from staged_changes c where c.tenant_id = %s and c.flow = 'parts' and c.target = 'catalog'
      and c.key = x.key and c.state in ('pending', 'approved'))) as owner
from jsonb_to_recordset(cast(%s as jsonb)) as x(id bigint, key text, source_hash text)
left join snapshots s on s.tenant_id = %s and s.flow = 'parts' and s.target = 'catalog' and s.key = x.key
"""
_MAKERS = """
select x.maker, m.id is not null as known, coalesce(o.successes, 0), coalesce(o.outcomes, 0)
from jsonb_array_elements_text(cast(%s as jsonb)) as x(maker)
left join manufacturers m on m.tenant_id = %s and m.key = x.maker and m.created_at < %s
left join lateral (select count(*) filter (where succeeded) as successes, count(*) as outcomes from part_outcomes p
  where p.tenant_id = %s and p.manufacturer_key = x.maker and p.at < %s) o on true
"""


@dataclass(frozen=True, slots=True)
class Maker:
    """What automation has made of a maker's parts so far."""

    known: bool = False
    successes: int = 0
    outcomes: int = 0


@dataclass(frozen=True, slots=True)
class Considered:
    """When a part was last taken through to its end, and what it looked like at the source."""

    source_hash: str
    at: datetime


@dataclass(slots=True)
class Knowledge:
    """The router's view of the items of one chunk."""

    budget: Budget
    open_tasks: set[str] = field(default_factory=set)
    staged: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)
    """Key → the source's product id that the catalogue's part came from."""
    failures: dict[str, int] = field(default_factory=dict)
    considered: dict[str, Considered] = field(default_factory=dict)
    makers: Mapping[str, Maker] = field(default_factory=dict)

    def maker(self, name: str | None) -> Maker:
        """What is known of a maker by any spelling."""
        return self.makers.get(folded(name or ""), Maker())

    def nothing_to_do(self, item: Item, claim: Claim, *, forced: bool) -> str | None:
        """Why there is nothing to decide: a person has it, a change from the same row is open, or it is fresh. None: decide.

        A forced run asks for another look at what is fresh; nothing makes a second task or change of an open one.
        """
        if item.key in self.open_tasks:
            return "open_task"
        if item.key in self.staged:
            return "already_staged"
        if self._belongs_to_another(item):
            return "same_key_other_product"
        settings = claim.run.settings
        seen = self.considered.get(item.key)
        if (
            forced
            or seen is None
            or not settings.skip_existing
            or seen.source_hash != item.data["source_hash"]
        ):
            return None
        return "fresh" if claim.now - seen.at < timedelta(days=settings.refresh_after_days) else None

    def _belongs_to_another(self, item: Item) -> bool:
        """Whether two products of the source spell the same part. The first one keeps it: else the two would take turns
        in the catalogue, each run undoing the last."""
        owner, product = self.owners.get(item.key), item.data["record"]["product_id"]
        return owner is not None and product is not None and owner != product


def load_knowledge(connection: "Connection", claim: Claim) -> Knowledge:
    """Read it all for the items of a claim."""
    knowledge = Knowledge(budget=load_budget(connection, claim), makers=_makers(connection, claim))
    run = claim.run
    since = run.frozen_at - timedelta(days=run.settings.failure_window_days)
    keys = as_json(
        [{"id": item.id, "key": item.key, "source_hash": item.data["source_hash"]} for item in claim.items]
    )
    values = (run.tenant, run.tenant, run.tenant, run.frozen_at, since, run.tenant, keys, run.tenant)
    for key, open_task, staged, failures, source_hash, at, owner in connection.exec_driver_sql(
        _HISTORY, values
    ):
        if open_task:
            knowledge.open_tasks.add(key)
        if staged:
            knowledge.staged.add(key)
        knowledge.failures[key] = failures
        if owner is not None:
            knowledge.owners[key] = owner
        if source_hash is not None:
            knowledge.considered[key] = Considered(source_hash, at)
    return knowledge


def _makers(connection: "Connection", claim: Claim) -> dict[str, Maker]:
    run = claim.run
    names = sorted({folded(item.data["record"]["manufacturer"] or "") for item in claim.items} - {""})
    values = (as_json(names), run.tenant, run.frozen_at, run.tenant, run.frozen_at)
    rows = connection.exec_driver_sql(_MAKERS, values)
    return {maker: Maker(known, successes, outcomes) for maker, known, successes, outcomes in rows}
