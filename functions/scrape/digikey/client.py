"""The client for DigiKey Product Information v4, used against the real service and its local stand-in alike.

Every failure leaves as one of common.errors (see `failures` and `transport`):
    WaitUntil      a minute's or a day's budget is used up; `until` is DigiKey's own delay where it names one
    Unavailable    5xx, time-out, cut or undecodable answer: nothing is known about the part
    Misconfigured  credentials, subscription or address are wrong
    Refuse         DigiKey calls the request itself bad (400)
"Not found" is a value, not an error.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import requests

from common.errors import Unavailable
from functions.scrape.digikey.credentials import Credentials, Locale
from functions.scrape.digikey.failures import Refusal, failure
from functions.scrape.digikey.product import Product, rows, text
from functions.scrape.digikey.rates import RateReport, rate_report
from functions.scrape.digikey.token import TokenSource
from functions.scrape.digikey.transport import Reply, Transport

LONGEST_KEYWORDS = 250
"""Characters DigiKey accepts in a keyword search."""
LARGEST_PAGE = 50
"""Products DigiKey returns at most for one search."""
_API = "/products/v4/search"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """What was asked for, and what DigiKey said about the budget with it."""

    value: Value
    rate: RateReport | None
    """None when the answer carried no rate headers."""
    at: datetime
    """When it came, by the caller's clock."""


@dataclass(frozen=True)
class SearchResult:
    """One page of a keyword search."""

    products: tuple[Product, ...]
    """Whatever DigiKey thinks is like the keywords; most are not what was meant."""
    exact_matches: tuple[Product, ...]
    """Those whose number is the keywords."""
    count: int
    """How many products there are in all."""

    def is_cut(self) -> bool:
        """Whether there are products beyond this page."""
        return self.count > len(self.products)


@dataclass(frozen=True)
class Manufacturer:
    """A maker as DigiKey knows it."""

    id: int
    name: str


def _nothing() -> None:
    """The default for `before_call`."""


class DigiKeyClient:
    """Asks DigiKey. Safe to share between threads as far as the session is."""

    def __init__(
        self,
        base_url: str,
        credentials: Callable[[], Credentials],
        session: requests.Session,
        *,
        now: Callable[[], datetime],
        before_call: Callable[[], None] = _nothing,
        monotonic: Callable[[], float] = time.monotonic,
        locale: Locale | None = None,
    ) -> None:
        """Open nothing yet; raise Misconfigured when `base_url` is the sandbox or not https.

        base_url: "https://api.digikey.com" or the stand-in's address, without a path.
        credentials: asked for each new token, so that a changed secret is taken up.
        now: the pipeline's clock (aware); waits are counted from it. Tokens expire by `monotonic`, real time.
        before_call: runs before every request and may raise to forbid it, e.g. inside a database transaction.
        """
        self._now = now
        self._locale = locale or Locale()
        self._transport = Transport(base_url, session, before_call)
        self._tokens = TokenSource(self._transport, credentials, now, monotonic)

    def search(
        self, keywords: str, *, manufacturer_id: int | None = None, limit: int = LARGEST_PAGE
    ) -> Answer[SearchResult]:
        """The first `limit` (1–50) products for `keywords` (1 to 250 characters), by one maker if asked."""
        body: dict[str, Any] = {"Keywords": keywords, "Limit": limit, "Offset": 0}
        if manufacturer_id is not None:
            body["FilterOptionsRequest"] = {"ManufacturerFilter": [{"Id": str(manufacturer_id)}]}
        answer = self._call("POST", f"{_API}/keyword", json=body)
        return Answer(_search_result(answer.value), answer.rate, answer.at)

    def product_details(self, number: str, *, manufacturer_id: int | None = None) -> Answer[Product | None]:
        """The product with this number (the maker's or DigiKey's); None when DigiKey does not know it.

        For a number that several makers use DigiKey answers one of theirs unless `manufacturer_id` says
        whose: the caller has to check what came.
        """
        query = None if manufacturer_id is None else {"manufacturerId": str(manufacturer_id)}
        answer = self._call("GET", f"{_API}/{_segment(number)}/productdetails", query=query)
        if answer.value is None:
            return Answer(None, answer.rate, answer.at)
        document = answer.value.get("Product")
        if not isinstance(document, Mapping):
            raise Unavailable(f"DigiKey's details of {number!r} are empty", reason="digikey_malformed")
        return Answer(Product.parse(document), answer.rate, answer.at)

    def manufacturers(self) -> Answer[tuple[Manufacturer, ...]]:
        """Every maker DigiKey knows; also the cheapest proof that address and credentials are right."""
        answer = self._call("GET", f"{_API}/manufacturers")
        listed = rows(answer.value or {}, "Manufacturers")
        makers = (
            Manufacturer(row["Id"], text(row, "Name")) for row in listed if isinstance(row.get("Id"), int)
        )
        return Answer(tuple(makers), answer.rate, answer.at)

    def _call(
        self, method: str, path: str, *, json: Any = None, query: Mapping[str, str] | None = None
    ) -> Answer[Mapping[str, Any] | None]:
        """The answer's JSON object, or None for DigiKey's own 404."""
        reply = self._authorised(method, path, json, query)
        at = self._now()
        if reply.status == 200:
            if reply.body is None:
                raise Unavailable("DigiKey's answer is no whole JSON object", reason="digikey_malformed")
            return Answer(reply.body, rate_report(reply.headers, at), at)
        refusal = Refusal(reply.status, reply.headers, reply.body or {})
        if refusal.says_not_found():
            return Answer(None, rate_report(reply.headers, at), at)
        raise failure(refusal, at)

    def _authorised(self, method: str, path: str, json: Any, query: Mapping[str, str] | None) -> Reply:
        """Send with the current token; after a 401 once more with a new one."""
        token = self._tokens.current()
        reply = self._transport.send(
            method, path, headers=token.headers() | self._locale.headers(), json=json, query=query
        )
        if reply.status != 401:
            return reply
        self._tokens.forget(token)
        fresh = self._tokens.current().headers() | self._locale.headers()
        return self._transport.send(method, path, headers=fresh, json=json, query=query)


def _search_result(body: Mapping[str, Any] | None) -> SearchResult:
    if body is None:
        return SearchResult((), (), 0)
    if not isinstance(body.get("Products"), list):  # without the list, "nothing found" would be a guess
        raise Unavailable("DigiKey's search answer holds no list of products", reason="digikey_malformed")
    products = tuple(Product.parse(row) for row in rows(body, "Products"))
    exact = tuple(Product.parse(row) for row in rows(body, "ExactMatches"))
    count = body.get("ProductsCount")
    return SearchResult(products, exact, count if isinstance(count, int) else len(products))


def _segment(number: str) -> str:
    """One path segment. A number of dots alone would be taken for a path instruction, so it is refused."""
    if not number.strip("."):
        raise ValueError(f"{number!r} cannot be asked for by path")
    return quote(number, safe="")
