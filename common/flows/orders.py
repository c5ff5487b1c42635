"""Orders: an apparel maker's order table from BigQuery; what is new, changed or gone goes to monday.com boards."""

from collections.abc import Mapping
from typing import Any

from common.errors import Usage
from common.pipeline.flow import Barrier, Flow, Queue, Step
from common.settings.registry import register_flow

# A chunk of the push is all that an import at monday.com can be made of.
register_flow("orders", defaults={"max_batch_size": 1000})

FLOW = Flow(
    name="orders",
    steps=[
        Step(name="fetch", adapter="functions.fetch.orders.source:OrdersSource", kind="source"),
        Step(
            name="hash",
            adapter="functions.hash.orders.objects:OrderObjects",
            kind="source",
            width="lane_width",
            phases={"reconcile": "functions.hash.orders.reconcile:Reconcile"},
            barriers={"reconcile": Barrier(number=1)},
        ),
        # Nothing is decided before everything has been read: the guard looks at all of a customer.
        Step(
            name="decide",
            adapter="functions.decide.orders.step:DecideOrders",
            width="lane_width",
            barriers={"": Barrier(number=2, merged=False)},
        ),
        Step(
            name="stage",
            adapter="functions.stage.orders.step:StageOrders",
            width="lane_width",
            chunk_size="push_chunk_size",
            phases={
                "batch": "functions.stage.orders.batch:CheckBatch",
                "fit": "functions.stage.orders.fit:CheckFit",
            },
            # Whether all of it fits into the account's budget is asked once, when every batch has been found sound.
            barriers={"batch": Barrier(number=3), "fit": Barrier(number=4)},
        ),
        # A lane of width 1 for each board: monday.com must not be written to concurrently.
        Step(
            name="push",
            adapter="functions.push.orders.step:PushOrders",
            record_every=20,
            queue="monday",
            chunk_size="push_chunk_size",
            phases={
                "promote": "functions.push.orders.promote:Promote",
                "adopt": "functions.push.orders.adopt:AdoptBoards",
            },
            barriers={
                "": Barrier(number=5, merged=False),
                "promote": Barrier(number=6, strict=False),
            },
        ),
    ],
    queues=[
        Queue(name="steps"),
        Queue(name="monday", max_dispatches_per_second=20, max_concurrent_dispatches=20),
    ],
    targets=["monday"],
    resume_step="stage",
    note_answers=True,
    options={
        "limit": "at most so many rows; nothing is taken for gone",
        "customer": "only orders of this customer, in any spelling; nothing is taken for gone",
        "po_number": "only orders of this purchase order; nothing is taken for gone",
        "override_guard": "let a mass change pass, this once",
        "replay_of": "read what an earlier run read, instead of the source",
        "rollback_of": "undo what an earlier run pushed",
        "baseline": "adopt the source, and what the boards hold of it, as it is now; nothing is pushed",
    },
    run_check="common.flows.orders:check_options",
    report="functions.push.orders.report:report",
    loader="functions.fetch.orders.loader:OrdersLoader",
    known_as="functions.stage.orders.names:keys_of",
    planner="functions.push.orders.planner:plan_of",
    columns="functions.fetch.orders.columns_version:present_columns",
)

FILTERS = ("limit", "customer", "po_number")
"""Options that make a read incomplete."""

_TEXTS = ("customer", "po_number", "replay_of", "rollback_of")


def check_options(options: Mapping[str, Any]) -> None:
    """Raise Usage when the options of a run do not go together or are out of range."""
    limit = options.get("limit")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise Usage(f"limit is a whole number from 1, not {limit!r}.", reason="bad_limit")
    for name in _TEXTS:
        if name in options and not (isinstance(options[name], str) and options[name].strip()):
            raise Usage(f"{name} is a text, not {options[name]!r}.", reason=f"bad_{name}")
    if "rollback_of" in options and len(options) > 1:
        raise Usage("rollback_of stands alone; leave the other options out.", reason="bad_rollback")
    if "baseline" in options and (options["baseline"] is not True or len(options) > 1):
        raise Usage("baseline is true, and stands alone; leave the other options out.", reason="bad_baseline")
    if "replay_of" in options and any(name in options for name in FILTERS):
        raise Usage("replay_of reads all that the earlier run read; leave filters out.", reason="bad_replay")
    if not isinstance(options.get("override_guard", False), bool):
        raise Usage("override_guard is true or false.", reason="bad_override_guard")


def is_baseline(options: Mapping[str, Any]) -> bool:
    """Whether a run with these options adopts what there is, instead of pushing what differs."""
    return "baseline" in options


def is_complete(options: Mapping[str, Any]) -> bool:
    """Whether a run with these options reads the whole source, so that what is missing in it is gone."""
    return not any(name in options for name in FILTERS)
