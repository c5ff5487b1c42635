"""The account at monday.com that a run of orders works with."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from common.database.engine import assert_no_transaction
from functions.push.monday.client import Monday
from functions.push.monday.credentials import stored_credentials

if TYPE_CHECKING:
    from common.pipeline.item import Run
    from common.services import Services


def monday_of(
    services: "Services", run: "Run", before_call: Callable[[], None] = assert_no_transaction
) -> Monday:
    """A client within the run's own settings. before_call: the last look before anything leaves."""
    return Monday(
        services.environment.monday_url,
        lambda: stored_credentials(services.secrets),
        services.http,
        ledger=services.quotas,
        tenant=run.tenant,
        now=services.clock.now,
        monday_plan=run.settings.monday_plan,
        before_call=before_call,
    )
