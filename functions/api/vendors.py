"""What `doctor` can ask vendors: whether our credentials hold, at the price of one call."""

from collections.abc import Mapping

import requests

from common.errors import Misconfigured
from common.interface.doctor import Finding, VendorCheck
from common.quotas import per_minute, per_utc_day
from common.services import Services
from common.settings import process_layers, resolve
from functions.push.etsy.check import check_etsy
from functions.push.monday.check import check_monday
from functions.scrape.digikey.client import DigiKeyClient
from functions.scrape.digikey.credentials import Credentials

_ACCOUNT = "digikey"
_KNOWN_PART = "LM358"  # sold by everybody


def check_digikey(services: Services, tenant: str) -> Finding:
    """Get a token and search for one well-known part, within the account's budget."""
    settings = resolve(process_layers())
    dimensions = {
        "minute": per_minute(settings.digikey_per_minute),
        "day": per_utc_day(settings.digikey_per_day),
    }
    services.quotas.reserve(tenant, _ACCOUNT, dimensions)
    with requests.Session() as session:
        client = DigiKeyClient(
            services.environment.digikey_url, lambda: _credentials(services), session, now=services.clock.now
        )
        answer = client.search(_KNOWN_PART, limit=1)
    left = (
        f", {answer.rate.remaining} calls left today"
        if answer.rate and answer.rate.remaining is not None
        else ""
    )
    return f"DigiKey takes our credentials and answers{left}.", ""


def _credentials(services: Services) -> Credentials:
    stored = services.secrets.get(_ACCOUNT)
    if stored is None:
        raise Misconfigured("There are no credentials for DigiKey: `shelfline connect digikey` stores them.")
    return Credentials(stored["client_id"], stored["client_secret"], stored.get("account_id"))


VENDOR_CHECKS: Mapping[str, VendorCheck] = {
    "digikey": check_digikey,
    "monday": check_monday,
    "etsy": check_etsy,
}
