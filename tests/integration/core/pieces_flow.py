"""A flow whose source finds sources: shelves to be counted, each by itself, then a tally of all of them, then what is odd on them.

Options of a run: shelves (records on each), every (one record in so many is an item of its own, the others are unchanged),
straight (items go to push at once), groups (into so many groups the pushed items fall; each is closed once).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from common.database.engine import call
from common.pipeline import outcome as outcomes
from common.pipeline.flow import Barrier, Child, Flow, ItemStep, Page, Piece, Step
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services

PAGE = 3
"""Records of one page of a shelf, and shelves of one page of the list."""


class Shelves:
    """Lists the shelves, and the tally that follows when all have been counted."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def load(self, connection: Any, claim: Claim) -> None:
        """Nothing to know."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """Some shelves at a time; the list says how many records there are in all."""
        shelves = claim.run.options["shelves"]
        start = claim.cursor.get("next", 0)
        while True:
            end = min(start + PAGE, len(shelves))
            pieces = [_shelf(number, shelves[number]) for number in range(start, end)]
            last = end == len(shelves)
            if last:
                pieces.append(Piece(step="count", phase="tally", cursor={}))
            yield Page(pieces=pieces, cursor={"next": end}, declared=sum(shelves), last=last)
            start = end


def _shelf(number: int, records: int) -> Piece:
    return Piece(step="count", cursor={"shelf": number, "records": records, "next": 0})


class Shelf:
    """Counts one shelf: what was counted is kept, in the transaction that records it."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def load(self, connection: Any, claim: Claim) -> None:
        """Nothing to know."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """Some records at a time."""
        start, records = claim.cursor["next"], claim.cursor["records"]
        while True:
            end = min(start + PAGE, records)
            cursor = {**claim.cursor, "next": end}
            yield Page(content=range(start, end), cursor=cursor, last=end >= records)
            start = end

    def settle(self, connection: Any, claim: Claim, page: Page) -> Page:
        """Keep what was counted; the odd ones become items."""
        shelf, every = claim.cursor["shelf"], claim.run.options.get("every", 2)
        for number in page.content:
            connection.exec_driver_sql(
                "insert into seen (tenant_id, run_id, chunk_id, place, row_number, key, hash) values (%s, %s, %s, %s, %s, %s, '')",
                (claim.run.tenant, claim.run.id, claim.chunk_id, number, number, f"{shelf}/{number}"),
            )
        odd = [number for number in page.content if number % every == 0]
        children = [Child(key=f"{shelf}/{number}", row=number, data={"n": number}) for number in odd]
        straight = "push" if claim.run.options.get("straight") else None
        return replace(page, children=children, unchanged=len(page.content) - len(odd), to=straight)


class Tally:
    """Says what all shelves held together, once; it has no items."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def load(self, connection: Any, claim: Claim) -> None:
        """Nothing to know."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """The one page."""
        yield Page(last=True)

    def settle(self, connection: Any, claim: Claim, page: Page) -> Page:
        """Count what every shelf has kept."""
        _tell(connection, claim, "tallied", "{}")
        return page


class PushInGroups(ItemStep):
    """Ends each item, and has its group closed."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def run(self, claim: Claim, items: Sequence[Item], loaded: Any) -> Iterable[Outcome]:
        """Each is done."""
        for item in items:
            yield outcomes.done(item).writing(group=item.data["n"] % claim.run.options.get("groups", 1))

    def apply(self, connection: Any, run: Run, recorded: Sequence[Outcome]) -> None:
        """Want each group closed, once all of it is done."""
        for group in sorted({outcome.writes["group"] for outcome in recorded}):
            want_close(connection, run.tenant, run.id, group)


def want_close(connection: Any, tenant: str, run: str, group: int) -> None:
    """Have a group closed."""
    wanted = {"tenant": tenant, "run": run, "step": "push", "phase": "close", "cursor": {"group": group}}
    barrier = FLOW.barriers["push/close"]
    call(connection, "shelfline_want_phase_v1", {**wanted, "lane": f"close/{group}", "barrier": barrier})


class CloseGroup(Tally):
    """Closes one group, once."""

    def settle(self, connection: Any, claim: Claim, page: Page) -> Page:
        """Say so."""
        _tell(connection, claim, "closed", f'{{"group": {claim.cursor["group"]}}}')
        return page


def _tell(connection: Any, claim: Claim, kind: str, body: str) -> None:
    connection.exec_driver_sql(
        """
        insert into events (tenant_id, stream, step, kind, body)
        select %s, %s, %s, %s, cast(%s as jsonb) || jsonb_build_object('seen', count(*)) from seen where run_id = %s
        """,
        (claim.run.tenant, claim.run.id, claim.step, kind, body, claim.run.id),
    )


FLOW = Flow(
    name="shelves",
    steps=[
        Step(name="list", adapter="tests.integration.core.pieces_flow:Shelves", kind="source"),
        Step(
            name="count",
            adapter="tests.integration.core.pieces_flow:Shelf",
            kind="source",
            phases={"tally": "tests.integration.core.pieces_flow:Tally"},
            barriers={"tally": Barrier(number=1)},
        ),
        Step(
            name="decide",
            adapter="tests.support.toy_flow:ToyStep",
            barriers={"": Barrier(number=2, merged=False)},
        ),
        Step(
            name="push",
            adapter="tests.integration.core.pieces_flow:PushInGroups",
            phases={"close": "tests.integration.core.pieces_flow:CloseGroup"},
            barriers={"close": Barrier(number=3, strict=False)},
        ),
    ],
)
