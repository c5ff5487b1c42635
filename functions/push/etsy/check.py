"""What `doctor` asks Etsy: whether our key and the seller's consent hold, at the price of one call."""

import requests

from common.flows import flow
from common.interface.doctor import Finding
from common.services import Services
from common.settings import process_layers, resolve
from common.settings.designs import DesignSettings
from functions.push.etsy.client import Etsy
from functions.push.etsy.limits import Limits


def check_etsy(services: Services, tenant: str) -> Finding:
    """Ask whose token it is, within the application's budget."""
    settings = DesignSettings.of(resolve(process_layers(), flow("designs").name))
    with requests.Session() as session:
        etsy = Etsy(
            services.environment.etsy_url,
            services.secrets,
            session,
            ledger=services.quotas,
            tenant=tenant,
            now=services.clock.now,
            limits=Limits(settings.etsy_per_second, settings.etsy_per_day),
        )
        seller = etsy.identity()
    return f"Etsy takes our key and token; the shop is {seller.shop_id or 'not named'}.", ""
