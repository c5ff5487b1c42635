"""A customer's batch is checked as a whole before anything of it is pushed."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from common.database.engine import call
from common.pipeline.flow import Page
from common.pipeline.item import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_log = logging.getLogger(__name__)


class CheckBatch:
    """One page that counts and compares; a batch that is not sound is rolled back whole."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> None:
        """Nothing: everything is in our tables."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """The one page."""
        yield Page(cursor=claim.cursor, last=True)

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Check the batch in the transaction that ends this phase."""
        scope = claim.cursor["scope"]
        status = call(connection, "shelfline_check_order_batch_v1", claim.run.tenant, claim.run.id, scope)
        if status == "ROLLED_BACK":
            _log.warning("batch_rolled_back", extra={"run": claim.run.id, "scope": scope})
        return page
