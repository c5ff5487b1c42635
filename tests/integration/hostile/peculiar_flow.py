"""A flow of three records, of which the second carries whatever a test has put into PECULIAR."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.flow import Flow, ItemStep, Page, Step
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from tests.support.toy_flow import ToySource

PECULIAR: dict[str, Any] = {}
"""What the "source" and the "step" say of the record key00001, or an exception that they raise at it."""


class PeculiarSource(ToySource):
    """The toy source, with something peculiar in its second record."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """Pages from the cursor on."""
        for page in super().read(claim, loaded):
            yield replace(
                page, children=[replace(child, data=_data("source", child.key)) for child in page.children]
            )


class PeculiarStep(ItemStep):
    """Lets everything pass, with something peculiar in its second record."""

    def __init__(self, services: Any) -> None:
        pass

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """Every item goes on."""
        for item in items:
            yield outcomes.proceed(item, data=_data("step", item.key))


def _data(where: str, key: str) -> dict[str, Any]:
    said = PECULIAR.get(where) if key == "key00001" else None
    if isinstance(said, Exception):
        raise said
    return {"said": said}


FLOW = Flow(
    name="peculiar",
    steps=[
        Step(name="fetch", adapter=f"{__name__}:PeculiarSource", kind="source"),
        Step(name="hash", adapter=f"{__name__}:PeculiarStep"),
    ],
)
