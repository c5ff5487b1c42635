"""What `doctor` asks monday.com: whether our token holds, at the price of one call."""

import requests

from common.interface.doctor import Finding
from common.services import Services
from common.settings import process_layers, resolve
from functions.push.monday.client import Monday
from functions.push.monday.credentials import stored_credentials


def check_monday(services: Services, tenant: str) -> Finding:
    """Ask whose token it is, within the account's budget."""
    with requests.Session() as session:
        client = Monday(
            services.environment.monday_url,
            lambda: stored_credentials(services.secrets),
            session,
            ledger=services.quotas,
            tenant=tenant,
            now=services.clock.now,
            monday_plan=resolve(process_layers()).monday_plan,
        )
        name = client.identity()
    return f"monday.com takes our token; its user is {name or 'not named'}.", ""
