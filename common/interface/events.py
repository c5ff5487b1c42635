"""The stream of a run's events, as sealed blocks tell it.

An event's id is "block:place". Only sealed events are told: nothing can be added before what was told, so whoever goes on
after the last id he has seen misses nothing and gets nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from common.errors import Usage
from common.interface.desk import Desk, View
from common.pipeline.runs import unknown_run

MOST_AT_ONCE = 500

_AFTER = """
select s.block, u.place, e.at, e.item_id, e.step, e.kind, e.body
from seals s cross join lateral unnest(s.event_ids) with ordinality as u(id, place)
join events e on e.id = u.id and e.stream = s.stream and e.tenant_id = s.tenant_id
where s.tenant_id = :tenant and s.stream = :stream and s.block >= :block and (s.block, u.place) > (:block, :place)
order by s.block, u.place limit :limit
"""


class Place(NamedTuple):
    """Where in a stream somebody has read up to."""

    block: int = 0
    place: int = 0

    def __str__(self) -> str:
        return f"{self.block}:{self.place}"

    @classmethod
    def parse(cls, text: str | None) -> "Place":
        """The place that an event's id names; the start without one. Raises Usage."""
        if not text:
            return cls()
        block, _, place = text.partition(":")
        if not (
            block.isascii() and block.isdigit() and place.isascii() and place.isdigit() and len(text) <= 20
        ):
            raise Usage(
                f"Last-Event-ID is an id this stream has told, like 3:14, not {text!r}.",
                reason="bad_event_id",
            )
        return cls(int(block), int(place))


_END = """
select block, cardinality(event_ids) as place from seals where tenant_id = :tenant and stream = :stream order by block desc limit 1
"""


class StreamEvent(View):
    """One thing that happened. at: business time."""

    id: str
    at: datetime
    item_id: int | None
    step: str | None
    kind: str
    body: dict[str, Any]


class Events(Desk):
    """The tenant's streams."""

    def check_run(self, run_id: str) -> None:
        """Raises NotFound when the tenant has no such run."""
        if not self.rows("select 1 from runs where tenant_id = :tenant and id = :run", run=run_id):
            raise unknown_run(run_id)

    def end(self, stream: str) -> Place:
        """The place after everything that is sealed by now."""
        found = self.rows(_END, stream=stream)
        return Place(**found[0]) if found else Place()

    def after(self, stream: str, place: Place, limit: int = MOST_AT_ONCE) -> Sequence[StreamEvent]:
        """The next sealed events of a stream."""
        values = {"stream": stream, "block": place.block, "place": place.place, "limit": limit}
        return [
            StreamEvent(id=f"{row.pop('block')}:{row.pop('place')}", **row)
            for row in self.rows(_AFTER, **values)
        ]
