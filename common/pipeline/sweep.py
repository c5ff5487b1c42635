"""What Cloud Scheduler calls each minute: finds what a crash left behind, and wakes it. It calls no vendor."""

from typing import TYPE_CHECKING

from common.pipeline import seals
from common.pipeline.flow import load
from common.pipeline.registry import flow, names

if TYPE_CHECKING:
    from common.services import Services

_GRACE = 30.0  # seconds after which a wake-up that did not come counts as lost
_EXPIRED_CLAIMS = """
update manual_tasks set state = 'open', claimed_by = null, lease_until = null, fence = fence + 1, updated_at = shelfline_now()
where state = 'claimed' and lease_until < shelfline_now()
"""
_UNSEALED = """
select distinct e.tenant_id, e.stream from events e left join lateral (
  select horizon from seals s where s.tenant_id = e.tenant_id and s.stream = e.stream order by block desc limit 1) h on true
where e.at > shelfline_now() - interval '2 days' and e.tx >= coalesce(h.horizon, '0'::xid8) limit 200
"""


def sweep(services: "Services", grace_seconds: float = _GRACE) -> dict[str, int]:
    """Wake due work without a live wake-up, free what died in a lease, settle runs, seal events; counts of each."""
    aftermath = services.store.sweep(grace_seconds)
    services.waker.follow(aftermath)
    with services.database.transaction() as connection:
        freed = connection.exec_driver_sql(_EXPIRED_CLAIMS).rowcount
        streams = connection.exec_driver_sql(_UNSEALED).all()
        connection.exec_driver_sql("select shelfline_ensure_event_partitions_v1(2)")
    ended = _ended_by_flows(services)
    sealed = sum(seals.seal(services.database, tenant, stream) for tenant, stream in streams)
    return {
        "woken": len(aftermath.woken),
        "settled": len(aftermath.settled),
        "claims_freed": freed,
        "events_sealed": sealed,
        **ended,
    }


def _ended_by_flows(services: "Services") -> dict[str, int]:
    """What flows have of their own to end, each in a transaction of its own."""
    counts: dict[str, int] = {}
    for name in names():
        if reference := flow(name).sweeper:
            with services.database.transaction() as connection:
                counts |= load(reference)(connection)
    return counts
