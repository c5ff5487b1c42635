"""The stand-in as an ASGI application: who is calling, what is left of the limits, then the answer."""

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.clock import SharedClock
from infra.local.faults import FaultBook
from infra.local.vendors.etsy import images, inventory, listings
from infra.local.vendors.etsy.call import Call, Endpoint
from infra.local.vendors.etsy.consent import SCOPES, ConsentPages
from infra.local.vendors.etsy.grants import Grants
from infra.local.vendors.etsy.limits import Limits
from infra.local.vendors.etsy.planted import WithoutRates, with_fault
from infra.local.vendors.etsy.problems import (
    InTheWay,
    Invalid,
    Missing,
    answer,
    expired_token,
    limited,
    oauth_problem,
    problem,
)
from infra.local.vendors.etsy.shop import Shop
from infra.local.vendors.etsy.store import Store

_API = "/v3/application"
_RATE_HEADERS = ("x-limit-", "x-remaining-", "retry-after")


@dataclass(frozen=True)
class Options:
    """What a stand-in is started with."""

    state: Path
    """Folder for everything that outlives it."""
    clock: Path
    """The file of the shared clock."""
    keystring: str = "local-keystring"
    shared_secret: str = "local-secret"  # noqa: S105  # opens nothing but the stand-in
    refresh_token: str | None = None
    """A refresh token with every scope, good from the first start on."""
    per_second: int = 10
    per_day: int = 10_000
    token_lifetime: float = 3600
    """Seconds of real time that an access token is good."""
    processing_seconds: float = 3
    """Seconds of the shared clock until size and colours of an image are known."""


def application(options: Options) -> Starlette:
    """The application; its lifespan closes what it opens."""
    return Etsy(options).starlette()


class Etsy:
    """One application's key, one shop, and what answers for them."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._now = SharedClock(options.clock).timestamp
        self._shop = Shop.read()
        self._store = Store(options.state)
        self._limits = Limits(self._store, self._now, options.per_second, options.per_day)
        self._grants = Grants(self._store, self._shop.user_id, options.token_lifetime)
        self._consent = ConsentPages(self._grants, options.keystring)
        self._uploads = images.Uploads()
        self._faults = FaultBook()
        if options.refresh_token:
            self._grants.plant_refresh_token(options.refresh_token, SCOPES)

    def starlette(self) -> Starlette:
        """The routes."""
        shop, listing = f"{_API}/shops/{{shop_id:int}}", f"{_API}/listings/{{listing_id:int}}"
        of_shop = f"{shop}/listings/{{listing_id:int}}"
        routes = [
            Route("/oauth/connect", self._consent.show, methods=["GET"]),
            Route("/oauth/connect", self._consent.decide, methods=["POST"]),
            Route("/v3/public/oauth/token", self._token, methods=["POST"]),
            self._route("GET", f"{_API}/users/me", "getMe", self._me, "shops_r"),
            self._route(
                "GET", f"{_API}/seller-taxonomy/nodes", "getSellerTaxonomyNodes", self._taxonomy, None
            ),
            self._route("GET", f"{_API}/listings/batch", "getListingsByListingIds", listings.by_ids, None),
            self._route("GET", listing, "getListing", listings.get, None),
            self._route("DELETE", listing, "deleteListing", listings.delete, "listings_d"),
            self._route("GET", f"{listing}/images", "getListingImages", images.of_listing, None),
            self._route("GET", f"{listing}/inventory", "getListingInventory", inventory.get, "listings_r"),
            self._route("PUT", f"{listing}/inventory", "updateListingInventory", inventory.put, "listings_w"),
            *self._shop_routes(shop),
            self._route("POST", f"{shop}/listings", "createDraftListing", listings.create, "listings_w"),
            self._route("GET", f"{shop}/listings", "getListingsByShop", listings.of_shop, "listings_r"),
            self._route("PATCH", of_shop, "updateListing", listings.change, "listings_w"),
            self._route(
                "POST", f"{of_shop}/images", "uploadListingImage", self._uploads.upload, "listings_w"
            ),
            self._route(
                "DELETE",
                f"{of_shop}/images/{{image_id:int}}",
                "deleteListingImage",
                images.delete,
                "listings_w",
            ),
            Route("/_health", self._health),
            Route("/_listings", self._listings),
            Route("/_calls", self._calls),
            *self._faults.routes(),
        ]
        return Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={404: _no_route, 405: _no_route}
        )

    def _shop_routes(self, path: str) -> list[Route]:
        """What the shop says of itself."""
        about = self._shop
        profiles, policies = _told(about.shipping_profiles), _told(about.return_policies)
        definitions = f"{path}/readiness-state-definitions"
        name = "getShopReadinessStateDefinitions"
        return [
            self._route("GET", path, "getShop", _told(about.itself), None),
            self._route("GET", f"{path}/sections", "getShopSections", _told(about.sections), None),
            self._route("GET", f"{path}/shipping-profiles", "getShopShippingProfiles", profiles, "shops_r"),
            self._route("GET", f"{path}/policies/return", "getShopReturnPolicies", policies, "shops_r"),
            self._route("GET", definitions, name, self._processing, "shops_r"),
        ]

    def _route(self, method: str, path: str, operation: str, endpoint: Endpoint, scope: str | None) -> Route:
        """A call of the API behind key, limits, token and planted faults, in this order."""

        async def serve(request: Request) -> Response:
            refused = self._bad_key(request)
            if refused is not None:
                return refused
            verdict = self._limits.take()
            self._store.count(operation if verdict.breached is None else f"limited.{verdict.breached}")
            if verdict.breached is not None:
                return limited(verdict.headers)
            response = await self._answer(request, operation, endpoint, scope)
            if not isinstance(response, WithoutRates):
                response.headers.update({**verdict.headers, **_rates(response)})
            return response

        return Route(path, serve, methods=[method])

    async def _answer(
        self, request: Request, operation: str, endpoint: Endpoint, scope: str | None
    ) -> Response:
        scopes = self._scopes(request)
        refused = _not_allowed(request, scopes, scope)
        if refused is not None:
            self._store.count(f"refused.{operation}")
            return refused
        call = Call(
            operation,
            request,
            self._store,
            self._shop,
            self._now(),
            is_seller=scopes is not None,
            processing_seconds=self._options.processing_seconds,
        )

        async def work() -> Response:
            try:
                return await endpoint(call)
            except (Invalid, Missing, InTheWay) as error:
                self._store.count(f"refused.{operation}")
                return error.response()

        fault = self._faults.take(f"etsy.{operation}", **request.path_params)
        return await with_fault(fault, self._limits, work)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._store.close()

    def _bad_key(self, request: Request) -> Response | None:
        given = request.headers.get("x-api-key", "")
        wanted = f"{self._options.keystring}:{self._options.shared_secret}"
        if not given:
            return problem(403, "Missing required header: x-api-key")
        if ":" not in given:
            return problem(403, "Shared secret is required in x-api-key header")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            return problem(403, "Invalid API key")
        return None

    def _scopes(self, request: Request) -> frozenset[str] | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._grants.scopes(token) if kind.lower() == "bearer" else None

    async def _token(self, request: Request) -> Response:
        self._store.count("token")

        async def work() -> Response:
            return await self._consent.token(request)

        return await with_fault(self._faults.take("etsy.token"), self._limits, work)

    async def _me(self, call: Call) -> Response:
        return answer({"user_id": self._shop.user_id, "shop_id": self._shop.id})

    async def _taxonomy(self, call: Call) -> Response:
        return answer(self._shop.taxonomy())

    async def _processing(self, call: Call) -> Response:
        call.own_shop()
        query = call.query()
        return answer(self._shop.processing_profiles(query["limit"], query["offset"]))

    async def _health(self, _: Request) -> Response:
        return answer({"now": self._now(), "used": self._limits.used()})

    async def _calls(self, _: Request) -> Response:
        counted = {name: value for name, value in self._store.counters().items() if name != "_numbers"}
        return answer({"calls": counted, "used": self._limits.used()})

    async def _listings(self, _: Request) -> Response:
        found = [
            {
                **listing,
                "images": self._store.images(listing["listing_id"]),
                "inventory": self._store.inventory(listing["listing_id"]),
            }
            for listing in self._store.all_listings()
        ]
        return answer({"count": len(found), "listings": found})


def _not_allowed(request: Request, scopes: frozenset[str] | None, scope: str | None) -> Response | None:
    if scope is None and not (scopes is None and "Authorization" in request.headers):
        return None
    if "Authorization" not in request.headers:
        return oauth_problem(401, "invalid_token", "a Bearer token is required")
    if scopes is None:
        return expired_token()
    if scope not in scopes:
        return oauth_problem(403, "insufficient_scope", f"the token lacks the scope {scope}")
    return None


def _rates(response: Response) -> dict[str, str]:
    """What the answer says of the limits itself: a planted 429 has its own figures."""
    return {name: value for name, value in response.headers.items() if name.lower().startswith(_RATE_HEADERS)}


async def _no_route(_: Request, __: Exception) -> Response:
    return Missing().response()


def _told(of_the_shop: Callable[[], object]) -> Endpoint:
    """An endpoint that tells something of the shop, if it is the one that the path names."""

    async def tell(call: Call) -> Response:
        call.own_shop()
        return answer(of_the_shop())

    return tell
