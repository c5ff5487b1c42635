"""Decide on pictures: each unique design goes on once, every copy is told with the design that it copies."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.errors import Retry
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.decide.designs.known import Known, Pair, best_of, known_of
from functions.decide.designs.policy import VERSION, Features, Verdict, decide

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STATES = {"automatic": "unique", "review": "near", "indexed": "reference"}
_TURN = "select pg_advisory_xact_lock(hashtextextended('design_verdicts/' || %s, 0))"
_DECIDED = """
update designs d set state = x.state, updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, state text, item bigint)
where d.tenant_id = %s and d.id = x.design and d.item_id = x.item and d.state = 'hashed'
"""
# Two runs may have decided on near copies at the same moment, neither having seen what the other came to.
_BOTH_UNIQUE = """
select count(*) from design_matches m
join designs one on one.tenant_id = m.tenant_id and one.id = m.design_id and one.state = 'unique' and one.trial = '' and one.is_active
join designs other on other.tenant_id = m.tenant_id and other.id = m.other_id and other.is_active and other.trial = ''
  and other.state in ('unique', 'stored', 'listed', 'reference')
where m.tenant_id = %s and (m.design_id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid)
    or m.other_id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid))
  and not exists (select from duplicate_verdicts v where v.tenant_id = m.tenant_id and v.verdict = 'different'
    and v.low_hash = least(one.content_hash, other.content_hash) and v.high_hash = greatest(one.content_hash, other.content_hash))
"""


class DecideDesigns(ItemStep):
    """One decision for each picture, once all of the upload are known."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Known:
        """The designs, and what they look like."""
        return known_of(connection, claim)

    def run(self, claim: Claim, items: Sequence[Item], loaded: Known) -> Iterable[Outcome]:
        """Copies end with a link to the original; near copies wait with all they look like beside them."""
        for item in items:
            design = loaded.designs[item.data["content_hash"]]
            pairs = loaded.pairs.get(design.id, ())
            features = Features(
                is_copy=design.item_id != item.id,
                is_reference=item.data["reference"],
                looks_like=[pair.looks for pair in pairs],
            )
            verdict = decide(features)
            outcome = _outcome(item, claim.run, verdict, design, pairs)
            yield outcome.writing(decision=_decision(features, verdict))

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Let others see what was decided. Raises Retry when two near copies would both go on."""
        decided = [outcome.writes["design"] for outcome in recorded if "design" in outcome.writes]
        if not decided:
            return
        connection.exec_driver_sql(_TURN, (run.tenant,))
        connection.exec_driver_sql(_DECIDED, (as_json(decided), run.tenant))
        unique = as_json([row["design"] for row in decided if row["state"] == "unique"])
        if run.may_write and connection.exec_driver_sql(_BOTH_UNIQUE, (run.tenant, unique, unique)).scalar():
            raise Retry(
                "Near copies were decided on at the same moment; looking again.",
                reason="decided_meanwhile",
                after=1,
            )


def _outcome(item: Item, run: Run, verdict: Verdict, design: Any, pairs: Sequence[Pair]) -> Outcome:
    known = {"design_id": str(design.id)}
    if verdict.route == "skipped":
        original = design if verdict.rule == "duplicate" else _first(pairs).row
        return outcomes.skip(item, verdict.rule).telling(original=_original(original))
    if verdict.route == "indexed":
        made = outcomes.done(item, "indexed", data=known)
    elif verdict.route == "automatic":
        made = outcomes.proceed(item, verdict.rule, data=known)
    elif not run.may_write:
        made = outcomes.skip(item, "would_ask_a_person").telling(original=_original(_first(pairs).row))
    else:
        made = outcomes.review(item, verdict.rule, data=known).writing(change=_question(item, design, pairs))
    state = {"design": str(design.id), "item": item.id, "state": _STATES[verdict.route]}
    return made.writing(design=state)


def _question(item: Item, design: Any, pairs: Sequence[Pair]) -> dict[str, Any]:
    """The change that waits: approved, the picture is another design and goes on; rejected, it is the same and ends."""
    counting = [pair for pair in pairs if pair.looks.counts]
    shown = {
        "design": str(design.id),
        "filename": design.filename,
        "object": design.object_name,
        "size": [design.width, design.height],
    }
    return {
        "target": "etsy",
        "operation": "create",
        "state": "pending",
        "base_version": None,
        "before": None,
        "after": shown,
        "diff": {
            "looks_like": {"old": [pair.as_json() for pair in counting], "new": shown},
            "keep": {"old": None, "new": best_of(design, counting)},
        },
        "source_system": "upload",
    }


def _first(pairs: Sequence[Pair]) -> Pair:
    return next(pair for pair in pairs if pair.looks.counts)


def _original(row: Any) -> dict[str, Any]:
    return {"design": str(row.id), "filename": row.filename, "state": row.state}


def _decision(features: Features, verdict: Verdict) -> dict[str, Any]:
    return {
        "route": "manual" if verdict.route == "review" else verdict.route,
        "rule": verdict.rule,
        "rule_version": VERSION,
        "priority": "MEDIUM",
        "confidence": 1.0,
        "features": features.as_json(),
    }
