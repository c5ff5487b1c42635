"""What an endpoint works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.problems import Missing
from infra.local.vendors.etsy.shop import Shop
from infra.local.vendors.etsy.store import Store


@dataclass(frozen=True)
class Call:
    """One call that may be answered: key, limits, token and scope have been looked at."""

    operation: str
    request: Request
    store: Store
    shop: Shop
    now: float
    """Seconds since the epoch by the shared clock."""
    is_seller: bool
    """Whether it came with the seller's token."""
    processing_seconds: float
    """How long an uploaded image is being worked on."""

    @property
    def year(self) -> int:
        """The calendar's, which the eras of `when_made` go by."""
        return datetime.fromtimestamp(self.now, UTC).year

    def number(self, name: str) -> int:
        """A number of the path. Raises Missing for one that nothing can have."""
        number = int(self.request.path_params[name])
        if number > schema.LARGEST_INTEGER:
            raise Missing
        return number

    def query(self) -> dict[str, Any]:
        """The query. Raises Invalid."""
        return schema.query_of(self.operation, self.request.query_params.multi_items())

    def own_shop(self) -> None:
        """Raise Missing when the path names another shop."""
        if self.number("shop_id") != self.shop.id:
            raise Missing

    def listing(self) -> dict[str, Any]:
        """The listing of the path; Missing when it is not there, or is a draft and this is not the seller."""
        if "shop_id" in self.request.path_params:
            self.own_shop()
        listing = self.store.listing(self.number("listing_id"))
        if listing is None or not (self.is_seller or listing["state"] == "active"):
            raise Missing
        return listing


Endpoint = Callable[[Call], Awaitable[Response]]
