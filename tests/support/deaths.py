"""Workers that die on the way through a step, at the place that a test has planned."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from common.database.engine import Database
from common.pipeline.flow import Flow, Page
from common.pipeline.item import Claim
from common.pipeline.outcome import Outcome
from common.pipeline.store import Aftermath, Closed, PipelineStore, Refused
from tests.support.toy_flow import Crash

if TYPE_CHECKING:
    from sqlalchemy import Connection

Place = Literal["claimed", "worked", "recording", "recorded", "enqueuing", "enqueued"]
PLACES: tuple[Place, ...] = ("claimed", "worked", "recording", "recorded", "enqueuing", "enqueued")
"""Right after the claim; with the adapter's answer, before the record; inside the recording transaction; after its commit;
before the next wake-ups are enqueued; after that, before the answer."""


class Deaths:
    """Where the next workers die. Each planned death strikes once."""

    def __init__(self) -> None:
        self._meanwhile: dict[tuple[str, Place], Callable[[], object]] = {}
        self._planned: list[tuple[str, Place]] = []
        self._step: str | None = None

    def plan(self, step: str, place: Place, times: int = 1) -> None:
        """The next `times` workers that come to this place of this step die there."""
        self._planned += [(step, place)] * times

    def before(self, step: str, place: Place, do: Callable[[], object]) -> None:
        """When a worker comes to this place of this step, something else happens first, once."""
        self._meanwhile[step, place] = do

    @property
    def planned(self) -> Sequence[tuple[str, Place]]:
        """Those that have not struck yet."""
        return tuple(self._planned)

    @contextmanager
    def during(self, step: str) -> Iterator[None]:
        """A worker is at this step meanwhile. Outside of it nobody dies."""
        self._step = step
        try:
            yield
        finally:
            self._step = None

    def come_to(self, place: Place) -> None:
        """A worker comes to a place. Raises Crash if it dies there."""
        if self._step is not None and (do := self._meanwhile.pop((self._step, place), None)):
            do()
        if self._step is not None and (self._step, place) in self._planned:
            self._planned.remove((self._step, place))
            raise Crash


class MortalStore(PipelineStore):
    """The pipeline's tables, for workers that may die before and after each use of them."""

    def __init__(self, database: Database, deaths: Deaths) -> None:
        super().__init__(database)
        self._deaths = deaths

    def claim(self, chunk_id: int, step: str, lease_seconds: float) -> Claim | Refused | None:
        """See PipelineStore.claim."""
        claim = super().claim(chunk_id, step, lease_seconds)
        if isinstance(claim, Claim):
            self._deaths.come_to("claimed")
        return claim

    def record(
        self, connection: "Connection", claim: Claim, flow: Flow, outcomes: Sequence[Outcome], *, close: bool
    ) -> Closed | None:
        """See PipelineStore.record."""
        self._deaths.come_to("worked")
        closed = super().record(connection, claim, flow, outcomes, close=close)
        self._deaths.come_to("recording")
        return closed

    def record_alone(
        self, claim: Claim, flow: Flow, outcomes: Sequence[Outcome], *, close: bool
    ) -> Closed | None:
        """See PipelineStore.record_alone."""
        self._deaths.come_to("worked")
        return super().record_alone(claim, flow, outcomes, close=close)

    def record_page(self, claim: Claim, flow: Flow, page: Page, *, give_back: bool) -> Closed | None:
        """See PipelineStore.record_page."""
        self._deaths.come_to("worked")
        return super().record_page(claim, flow, page, give_back=give_back)

    def record_page_with(
        self, connection: "Connection", claim: Claim, flow: Flow, page: Page, *, give_back: bool
    ) -> Closed | None:
        """See PipelineStore.record_page_with."""
        self._deaths.come_to("worked")
        closed = super().record_page_with(connection, claim, flow, page, give_back=give_back)
        self._deaths.come_to("recording")
        return closed

    def after_close(self, closed: Closed) -> Aftermath:
        """See PipelineStore.after_close."""
        self._deaths.come_to("recorded")
        return super().after_close(closed)
