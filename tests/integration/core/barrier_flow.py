"""Flows with phases behind barriers: `load` waits for everything before it, `publish` for everything before and `load`."""

from collections.abc import Iterable, Sequence
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.flow import Barrier, Flow, ItemStep, Step
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from common.services import Services


class PushInPhases(ItemStep):
    """Plain items go to load, loaded ones to publish; those of odd number skip the load and publish at once."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """Each to its next phase."""
        for item in items:
            yield self._outcome(claim, item)

    def _outcome(self, claim: Claim, item: Item) -> Outcome:
        if claim.phase == "publish":
            return outcomes.done(item)
        if claim.phase == "load" or (item.data["n"] % 2 and claim.run.options.get("odd_publish")):
            return outcomes.proceed(item, to="push", phase="publish")
        return outcomes.proceed(item, to="push", phase="load")


def _flow(name: str, *, strict: bool, publish: int) -> Flow:
    barriers = {"load": Barrier(number=1, strict=strict), "publish": Barrier(number=publish, strict=strict)}
    push = Step(name="push", adapter="tests.integration.core.barrier_flow:PushInPhases", barriers=barriers)
    fetch = Step(name="fetch", adapter="tests.support.toy_flow:ToySource", kind="source")
    return Flow(name=name, steps=[fetch, push])


STRICT = _flow("strict", strict=True, publish=2)
LOOSE = _flow("loose", strict=False, publish=2)
TOGETHER = _flow("together", strict=True, publish=1)
