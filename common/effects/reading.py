"""What the ledger says of changes and runs."""

from collections.abc import Sequence

from common.database.array import array
from common.effects.book import Book
from common.effects.effect import Effect, Undo, effect_of

_OF_CHANGES = """
select to_jsonb(e) - 'inverse' from effects e
where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[])) order by e.id
"""
_CONFIRMED = """
select e.change_id from effects e where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[]))
  and e.state = 'confirmed'
"""
_OF_RUN = """
select to_jsonb(e) from effects e where e.tenant_id = %s and e.run_id = %s and e.target = %s and e.state = 'confirmed'
  and e.id < coalesce(cast(%s as bigint), 9223372036854775807) order by e.id desc limit %s
"""


class Reading(Book):
    """Questions that change nothing."""

    def ledger(self, tenant: str, target: str, change_ids: Sequence[int]) -> list[Effect]:
        """Every effect of these changes as it stands, in the order in which they were planned."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_OF_CHANGES, (tenant, target, array(change_ids)))
            return [effect_of(row[0]) for row in rows]

    def confirmed(self, tenant: str, target: str, change_ids: Sequence[int]) -> set[int]:
        """Which of these changes the target is known to hold something of."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_CONFIRMED, (tenant, target, array(change_ids)))
            return {row[0] for row in rows}

    def inverses(
        self, tenant: str, run_id: str, target: str, *, before: int | None = None, limit: int = 1000
    ) -> list[Undo]:
        """What takes back the confirmed effects of a run, newest first: what was made last is undone first.

        before: the effect id at which the page before ended.
        """
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_OF_RUN, (tenant, run_id, target, before, limit))
            return [Undo(effect=effect_of(row[0]), inverse=row[0]["inverse"]) for row in rows]
