"""Parts: scored electronic parts from BigQuery, enriched by DigiKey or a person, into the catalogue and back to BigQuery."""

from collections.abc import Mapping
from typing import Any

from common.errors import Usage
from common.pipeline.flow import Barrier, Flow, Queue, Step

FLOW = Flow(
    name="parts",
    steps=[
        Step(name="fetch", adapter="functions.fetch.parts.source:PartsSource", kind="source"),
        # One chunk at a time, by priority: what today's budget goes to does not depend on who is faster.
        Step(name="decide", adapter="functions.decide.parts.step:DecideParts", lane="{flow}/decide", width=1),
        Step(
            name="scrape",
            adapter="functions.scrape.parts.step:EnrichParts",
            lane="{flow}/digikey",
            width="automation_max_concurrent",
            record_every=1,
            queue="digikey",
        ),
        Step(name="hash", adapter="functions.hash.parts.step:HashParts", width="lane_width"),
        Step(name="stage", adapter="functions.stage.parts.step:StageParts", width="lane_width"),
        Step(
            name="push",
            adapter="functions.push.parts.step:PushParts",
            width="lane_width",
            whole_phases=frozenset({"bigquery"}),
            barriers={"bigquery": Barrier(number=1, strict=False)},
        ),
    ],
    queues=[
        Queue(name="steps"),
        Queue(name="digikey", max_dispatches_per_second=20, max_concurrent_dispatches=20),
    ],
    targets=["catalog", "bigquery"],
    resume_step="hash",
    options={
        "limit": "at most so many parts",
        "priority_threshold": "only parts with a score from 0 to 1 at or above it",
        "part_numbers": "only these part numbers",
        "manufacturer": "only parts of this maker",
        "force_automation": "automation for all, whatever the rules say",
        "force_manual": "a person for all, whatever the rules say",
    },
    run_check="common.flows.parts:check_options",
    report="functions.push.parts.report:report",
    policy="functions.decide.parts.replay:replay",
    loader="functions.fetch.parts.loader:PartsLoader",
)


def check_options(options: Mapping[str, Any]) -> None:
    """Raise Usage when the options of a run do not go together or are out of range."""
    if options.get("force_automation") and options.get("force_manual"):
        raise Usage(
            "force_automation and force_manual exclude each other; leave one out.", reason="both_forced"
        )
    limit = options.get("limit", 100)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 1000:
        raise Usage(f"limit is a whole number from 1 to 1000, not {limit!r}.", reason="bad_limit")
    threshold = options.get("priority_threshold")
    if threshold is not None and not (isinstance(threshold, int | float) and 0 <= threshold <= 1):
        raise Usage(f"priority_threshold lies between 0 and 1, not at {threshold!r}.", reason="bad_threshold")
