"""A flow whose every record is staged as a change that a person has to approve."""

from collections.abc import Iterable, Sequence
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.flow import Flow, ItemStep, Step
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from common.services import Services


class ReviewedStep(ItemStep):
    """Stages a change and lets the item wait for its approval."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """A review of each."""
        for item in items:
            change: dict[str, Any] = {
                "target": "catalog",
                "operation": "create",
                "state": "pending",
                "base_version": None,
            }
            change |= {"before": None, "after": {"n": item.data["n"]}, "diff": {}, "source_system": "toy"}
            yield outcomes.review(item, "audit_sample").writing(change=change)


FLOW = Flow(
    name="shelf",
    steps=[
        Step(name="fetch", adapter="tests.support.toy_flow:ToySource", kind="source"),
        Step(name="decide", adapter="tests.support.toy_flow:ToyStep"),
        Step(name="stage", adapter="tests.integration.api.reviewed_flow:ReviewedStep"),
        Step(name="push", adapter="tests.support.toy_flow:ToyStep"),
    ],
)
