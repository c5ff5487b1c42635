"""Budgets of vendor accounts, as they are now."""

from datetime import datetime

from common.interface.desk import Desk, View

_NOW = """
select q.account, q.dimension, q.kind, q.capacity, r.used, greatest(0, q.capacity - r.used) as remaining,
  case when q.blocked_until > shelfline_now() then q.blocked_until end as blocked_until
from quotas q cross join lateral shelfline_refreshed_quota_v1(q.tenant_id, q.account, q.dimension, shelfline_now()) r
where q.tenant_id = :tenant order by q.account, q.dimension
"""


class QuotaView(View):
    """One limit of one account. blocked_until: the vendor has refused everything until then."""

    account: str
    dimension: str
    kind: str
    capacity: float
    used: float
    remaining: float
    blocked_until: datetime | None


class QuotaLedger(Desk):
    """The tenant's accounts."""

    def all(self) -> list[QuotaView]:
        """Every limit that a run has met so far."""
        return [QuotaView(**row) for row in self.rows(_NOW)]
