"""What the boards have confirmed of a customer's batch becomes what we know of them: in one transaction, or not at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from common.database.engine import call
from common.pipeline.flow import Page
from common.pipeline.item import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_LEFT_OVER = """
select distinct s.run_id, s.scope from order_staging s join runs r on r.id = s.run_id
left join staged_changes c on c.item_id = s.item_id and c.target = 'monday' and s.status = 'PENDING'
where s.tenant_id = %s and r.state in ('completed', 'failed', 'cancelled')
  and (s.status = 'API_SUCCESS' or c.state in ('rejected', 'superseded', 'cancelled')) order by 1, 2
"""


class Promote:
    """One page: the promotion of one customer's batch."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> None:
        """Nothing: everything is in our tables."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """The one page."""
        yield Page(cursor=claim.cursor, last=True)

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Promote in the transaction that ends this phase."""
        promote(connection, claim.run.tenant, claim.run.id, claim.cursor["scope"])
        return page


def promote(connection: "Connection", tenant: str, run_id: str, scope: str) -> None:
    """Promote what is confirmed of a batch; again, it changes nothing."""
    call(connection, "shelfline_promote_orders_v1", tenant, run_id, scope)


def promote_left_over(connection: "Connection", tenant: str) -> None:
    """What runs that have ended, or were cancelled, left confirmed and not promoted; batches that wait for nothing end."""
    for run_id, scope in connection.exec_driver_sql(_LEFT_OVER, (tenant,)).all():
        promote(connection, tenant, run_id, scope)
