"""Enrich parts through DigiKey: one look-up each, within the account's budget, with evidence for a person when it fails."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json, assert_no_transaction
from common.errors import Misconfigured, Refuse, Retry, ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.pipeline.verdicts import Verdicts
from common.services import Services
from functions.decide.parts.step import manual_task
from functions.fetch.parts.key import folded
from functions.scrape.digikey.aliases import ManufacturerAliases
from functions.scrape.digikey.client import DigiKeyClient
from functions.scrape.digikey.credentials import Credentials
from functions.scrape.digikey.curated_aliases import curated_aliases
from functions.scrape.digikey.enrich import MOST_CALLS, Enrichment, NoMatch, enrich
from functions.scrape.parts.allowance import Allowance

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ALIASES = """
select a.name, m.name from manufacturers a join manufacturers m on m.id = a.alias_of where a.tenant_id = %s
"""
_OUTCOMES = """
insert into part_outcomes (tenant_id, run_id, item_id, key, manufacturer_key, source, succeeded, reason)
select %s, %s, x.item_id, x.key, x.manufacturer_key, 'digikey', x.succeeded, x.reason
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, key text, manufacturer_key text, succeeded boolean, reason text)
on conflict (tenant_id, item_id, source) do update set succeeded = excluded.succeeded, reason = excluded.reason
"""


class EnrichParts(ItemStep):
    """Asks DigiKey for each part; what it does not know, or not surely, goes to a person."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> ManufacturerAliases:
        """The makers' aliases: the curated ones, and the tenant's own before them."""
        own = {row[0]: row[1] for row in connection.exec_driver_sql(_ALIASES, (claim.run.tenant,))}
        return curated_aliases(own)

    def run(self, claim: Claim, items: Sequence[Item], loaded: ManufacturerAliases) -> Iterable[Outcome]:
        """One look-up for each part, best priority first; a budget that is used up stops the chunk and closes the lane."""
        verdicts = Verdicts(self, claim)
        with Allowance(self._services.quotas, claim.run) as allowance:
            for item in items:
                allowance.need(MOST_CALLS)
                try:
                    found = enrich(self._client, item.data["record"], loaded)
                except (Retry, Refuse) as error:
                    allowance.used(1)
                    yield verdicts.of(item, error)
                    continue
                allowance.used(found.calls)
                allowance.reported(found.rate)
                yield self._outcome(claim.run, item, found)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Keep what automation made of each part: the router learns from it."""
        rows = [outcome.writes["part_outcome"] for outcome in recorded if "part_outcome" in outcome.writes]
        if rows and run.may_write:
            connection.exec_driver_sql(_OUTCOMES, (run.tenant, run.id, as_json(rows)))

    def exhausted(self, item: Item, error: ShelflineError, run: Run) -> Outcome:
        """A person goes on, with what was learned; or, where that is switched off, the item has failed."""
        if not run.settings.automation_failure_to_manual:
            failed = outcomes.fail(item, error.reason, error=str(error))
            return failed.writing(part_outcome=_part_outcome(item, succeeded=False, reason=error.reason))
        return self._fallback(run, item, error.reason, str(error), evidence={})

    def _outcome(self, run: Run, item: Item, found: Enrichment | NoMatch) -> Outcome:
        if isinstance(found, NoMatch):
            text = f"DigiKey does not have it for certain: {found.reason}."
            if not run.settings.automation_failure_to_manual:
                failed = outcomes.fail(item, found.reason, error=text)
                return failed.writing(part_outcome=_part_outcome(item, succeeded=False, reason=found.reason))
            return self._fallback(run, item, found.reason, text, dict(found.evidence))
        data = {"enrichment": dict(found.fields), "enriched_at": found.fetched_at.isoformat()}
        enriched = outcomes.proceed(item, f"matched_by_{found.matched_by}", data=data)
        story = enriched.telling(product_url=found.product_url, calls=found.calls, note=found.note)
        return story.writing(part_outcome=_part_outcome(item, succeeded=True, reason=found.matched_by))

    def _fallback(self, run: Run, item: Item, reason: str, error: str, evidence: dict[str, Any]) -> Outcome:
        if not run.may_write:
            return outcomes.skip(item, "would_ask_a_person")
        decided = item.data.get("decision", {})
        task = manual_task(item, run, decided.get("priority", "MEDIUM"), decided.get("confidence", 0.0))
        task |= {
            "task_type": "automation_fallback",
            "error": error,
            "evidence": [evidence] if evidence else [],
        }
        asked = outcomes.manual(item, reason, task).telling(error=error, evidence=evidence)
        return asked.writing(part_outcome=_part_outcome(item, succeeded=False, reason=reason))

    @cached_property
    def _client(self) -> DigiKeyClient:
        return DigiKeyClient(
            self._services.environment.digikey_url,
            self._credentials,
            self._services.http,
            now=self._services.clock.now,
            before_call=assert_no_transaction,
        )

    def _credentials(self) -> Credentials:
        stored = self._services.secrets.get("digikey")
        if stored is None:
            raise Misconfigured(
                "There are no credentials for DigiKey: `shelfline connect digikey` stores them."
            )
        return Credentials(stored["client_id"], stored["client_secret"], stored.get("account_id"))


def _part_outcome(item: Item, *, succeeded: bool, reason: str) -> dict[str, Any]:
    maker = folded(item.data["record"]["manufacturer"] or "")
    return {
        "item_id": item.id,
        "key": item.key,
        "manufacturer_key": maker,
        "succeeded": succeeded,
        "reason": reason,
    }
