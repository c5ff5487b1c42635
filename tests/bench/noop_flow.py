"""A flow that does nothing to its items: what is left of the time is the pipeline's own.

Option of a run: records, how many items its source declares.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from common.pipeline.flow import Child, Flow, ItemStep, Page, Step
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome, proceed
from common.services import Services

NAME = "noop"
REFERENCE = f"{__name__}:FLOW"
ITEM_STEPS = ("decide", "scrape", "hash", "stage", "push")


class NoopSource:
    """Numbers the records from 0 on, in pages of the size that the run's settings say."""

    def __init__(self, services: Services) -> None:
        """services: not used; nothing is read from anywhere."""

    def load(self, connection: Any, claim: Claim) -> None:
        """Nothing to know."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """Pages from the cursor on."""
        total, size = int(claim.run.options["records"]), int(claim.run.settings["fetch_page_size"])
        start = int(claim.cursor.get("next", 0))
        while True:
            end = min(start + size, total)
            children = [Child(key=f"{n:07d}", data={"n": n}, row=n + 1) for n in range(start, end)]
            yield Page(children=children, cursor={"next": end}, declared=total, last=end >= total)
            start = end


class NoopStep(ItemStep):
    """Lets every item go on."""

    def __init__(self, services: Services) -> None:
        """services: not used; nothing is called."""

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """The outcome "next" for each item."""
        return (proceed(item, claim.step) for item in items)


FLOW = Flow(
    name=NAME,
    steps=[
        Step(name="fetch", adapter=f"{__name__}:NoopSource", kind="source"),
        *(Step(name=name, adapter=f"{__name__}:NoopStep", chunk_size=100) for name in ITEM_STEPS),
    ],
)
