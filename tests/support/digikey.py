"""DigiKey without a network: a requests session that knows some products, for the real client."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import requests

from functions.scrape.digikey.matching import normalised
from tests.support.toy_flow import Crash
from tests.unit.digikey.fake_session import reply, token_reply
from tests.unit.digikey.products import document, search_body

Trouble = requests.Response | Exception


class FakeDigiKey(requests.Session):
    """Answers searches from its products. What is planned as trouble for a part number comes first, once each."""

    def __init__(self) -> None:
        super().__init__()
        self.products: dict[str, dict[str, Any]] = {}
        self.remaining: int | None = None
        """What every answer says is left of the day; None: nothing is said."""
        self.accepts_credentials = True
        self.searched: list[str] = []
        self.kills: set[str] = set()
        """Whoever searches for one of these dies of the answer."""
        self.before_answer: Callable[[], object] = lambda: None
        self._troubles: dict[str, list[Trouble]] = {}

    def sells(self, number: str, maker: str = "Texas Instruments", **fields: Any) -> None:
        """Know a product from now on; fields of its v4 document may be given."""
        self.products[normalised(number)] = document(number, maker, **fields)

    def plan_trouble(self, number: str, *troubles: Trouble) -> None:
        """Answer the next searches for this number so."""
        self._troubles.setdefault(number, []).extend(troubles)

    @property
    def searches(self) -> Mapping[str, int]:
        """How often each number was searched for."""
        return Counter(self.searched)

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """What the client calls; never reaches a network."""
        if url.endswith("/oauth2/token"):
            return token_reply() if self.accepts_credentials else reply(401, {"title": "Unauthorized"})
        if url.endswith("/productdetails"):
            return reply(404, {"title": "Not Found"})
        number = options["json"]["Keywords"]
        self.searched.append(number)
        self.before_answer()
        if number in self.kills:
            raise Crash
        if self._troubles.get(number):
            trouble = self._troubles[number].pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble
        found = self.products.get(normalised(number))
        rate = (
            {}
            if self.remaining is None
            else {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": str(self.remaining)}
        )
        return reply(200, search_body(*([found] if found else [])), rate)
