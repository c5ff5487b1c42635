"""Look-ups: what a target says later of writes whose answer was lost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from common.database.array import array
from common.effects.book import Book
from common.effects.effect import Effect, effect_of
from common.effects.result import Settled, settled_of

NOT_FOUND_AGAIN = "not_found_again: sent twice, and no trace of it was found either time. Look at the target before it is sent once more."
"""The error of an effect that was refused because of it: a person has to look."""

_DUE = """
select to_jsonb(e) from effects e where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[]))
  and e.state in ('sent', 'unknown') and e.deadline <= clock_timestamp() order by e.id
"""
_NEXT = """
select min(e.deadline) + (shelfline_now() - clock_timestamp()) from effects e
where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[])) and e.state in ('sent', 'unknown')
"""


class LookUps(Book):
    """Writes that may have landed without our knowing."""

    def due_for_look_up(self, tenant: str, target: str, change_ids: Sequence[int]) -> list[Effect]:
        """What may be looked up now: its request can no longer land, and the last look-up is long enough ago."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_DUE, (tenant, target, array(change_ids)))
            return [effect_of(row[0]) for row in rows]

    def look_up_at(self, tenant: str, target: str, change_ids: Sequence[int]) -> datetime | None:
        """The earliest time for a look-up of any of these, in business time, to wait until; None when nothing is open."""
        with self._database.transaction() as connection:
            at = connection.exec_driver_sql(_NEXT, (tenant, target, array(change_ids))).scalar()
        return at.astimezone(UTC) if at else None

    def looked_up(
        self, *, found: Mapping[int, str], not_found: Collection[int], settle_seconds: float
    ) -> Settled:
        """Tell what look-ups of these effects have shown. found: remote id by effect id.

        Found is proof. Not found is proof only twice, half of `settle_seconds` apart and after the deadline (earlier it
        counts for nothing): the first time leaves it unknown, the second plans it again. That happens once: when it is
        sent again and lost again it is refused with NOT_FOUND_AGAIN.
        """
        told = {
            "found": [{"effect": effect, "remote_id": remote} for effect, remote in found.items()],
            "not_found": list(not_found),
            "settle_seconds": settle_seconds,
            "lost": NOT_FOUND_AGAIN,
        }
        return settled_of(self._database.call("shelfline_looked_up_v1", told))
