"""Whether the chains of events are whole."""

from common.interface.desk import Desk, View, rows
from common.pipeline import seals
from common.pipeline.runs import unknown_run

_SIZE = """
select count(*) as blocks, coalesce(sum(cardinality(event_ids)), 0) as events from seals
where tenant_id = :tenant and stream = :stream
"""


class FaultView(View):
    """Something that does not hold. block is None for events that should be in one and are not."""

    stream: str
    block: int | None
    problem: str


class Verified(View):
    """How much was looked at, and what does not hold; no fault means nobody has changed a sealed event."""

    streams: int
    blocks: int
    events: int
    faults: list[FaultView]


class Verification(Desk):
    """Recomputes the tenant's chains."""

    def verify(self, run_id: str | None = None) -> Verified:
        """The chain of one run, or all of the tenant; what is not sealed yet is sealed first. Raises NotFound."""
        blocks = events = 0
        faults: list[FaultView] = []
        streams = self._streams(run_id)
        for stream in streams:
            seals.seal(self.services.database, self.tenant, stream)
            with self.transaction() as connection:
                size = rows(connection, _SIZE, tenant=self.tenant, stream=stream)[0]
                found = seals.verify(connection, self.tenant, stream)
            blocks, events = blocks + int(size["blocks"]), events + int(size["events"])
            faults += [
                FaultView(stream=fault.stream, block=fault.block, problem=fault.problem) for fault in found
            ]
        return Verified(streams=len(streams), blocks=blocks, events=events, faults=faults)

    def _streams(self, run_id: str | None) -> list[str]:
        with self.transaction() as connection:
            known = list(seals.streams(connection, self.tenant))
        if run_id is None:
            return known
        if run_id not in known:
            raise unknown_run(run_id)
        return [run_id]
