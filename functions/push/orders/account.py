"""The account at monday.com that a run of orders works with."""

from typing import TYPE_CHECKING

from functions.push.monday.client import Monday
from functions.push.monday.credentials import stored_credentials

if TYPE_CHECKING:
    from common.pipeline.item import Run
    from common.services import Services


def monday_of(services: "Services", run: "Run") -> Monday:
    """A client within the run's own settings."""
    return Monday(
        services.environment.monday_url,
        lambda: stored_credentials(services.secrets),
        services.http,
        ledger=services.quotas,
        tenant=run.tenant,
        now=services.clock.now,
        monday_plan=run.settings.monday_plan,
    )
