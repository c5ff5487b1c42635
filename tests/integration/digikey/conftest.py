"""The stand-in on a free port, and the real client in front of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from functions.scrape.digikey.client import DigiKeyClient
from functions.scrape.digikey.credentials import Credentials
from infra.local.clock import SharedClock
from infra.local.vendors.digikey.application import Options, application
from tests.integration.digikey.products import SMALL
from tests.support.planting import Faulty
from tests.support.processes import until
from tests.support.serving import served

CREDENTIALS = Credentials(Options.client_id, Options.client_secret)


@dataclass
class StandIn(Faulty):
    """A running stand-in and what a test needs of it."""

    url: str
    clock: SharedClock
    session: requests.Session
    seen: list[requests.PreparedRequest] = field(default_factory=list)
    """Every request the client sent."""

    def client(self, credentials: Credentials = CREDENTIALS) -> DigiKeyClient:
        return DigiKeyClient(self.url, lambda: credentials, self.session, now=self.clock.now)

    def used(self) -> dict[str, int]:
        counted: dict[str, int] = self._health()["used"]
        return counted

    def pass_time(self, seconds: float) -> None:
        """Move the shared clock, and wait until the stand-in has seen it."""
        self.clock.set_offset(self.clock.offset() + seconds)
        moved_to = self.clock.timestamp()
        until(lambda: self._health()["now"] >= moved_to)

    def _health(self) -> Any:
        return requests.get(f"{self.url}/_health", timeout=5).json()

    def token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": CREDENTIALS.client_id,
            "client_secret": CREDENTIALS.client_secret,
        }
        token: str = requests.post(f"{self.url}/v1/oauth2/token", data=form, timeout=5).json()["access_token"]
        return token

    def call(self, method: str, path: str, *, drop: str = "", **options: Any) -> requests.Response:
        """A request with good headers, without the one called `drop`."""
        headers = {"Authorization": f"Bearer {self.token()}", "X-DIGIKEY-Client-Id": CREDENTIALS.client_id}
        headers.pop(drop, None)
        url = f"{self.url}/products/v4/search{path}"
        return requests.request(
            method, url, headers=headers | options.pop("headers", {}), timeout=5, **options
        )


Start = Callable[..., StandIn]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a stand-in over some products (one JSON product each) with any options; all stop at the end."""
    with ExitStack() as running:

        def started(products: list[Mapping[str, Any]] | None = None, **options: Any) -> StandIn:
            catalogue = tmp_path / "catalogue.ndjson"
            if products is not None:
                catalogue.write_text("".join(json.dumps(product) + "\n" for product in products))
            paths = {"state": tmp_path / "state", "clock": tmp_path / "clock.json", "catalogue": catalogue}
            return running.enter_context(_serving(Options(**(paths | options))))

        yield started


@pytest.fixture(scope="module")
def _module_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    folder = tmp_path_factory.mktemp("digikey")
    catalogue = folder / "catalogue.ndjson"
    catalogue.write_text("".join(json.dumps(product) + "\n" for product in SMALL))
    options = Options(folder / "state", folder / "clock.json", catalogue, per_minute=100_000, per_day=100_000)
    with _serving(options) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(_module_stand_in: StandIn) -> StandIn:
    """A stand-in over the small catalogue whose budgets are out of reach; shared, but without faults."""
    requests.delete(f"{_module_stand_in.url}/_faults", timeout=5).raise_for_status()
    _module_stand_in.seen.clear()
    return _module_stand_in


@contextmanager
def _serving(options: Options) -> Iterator[StandIn]:
    with served(application(options)) as url, requests.Session() as session:
        stand_in = StandIn(url, SharedClock(options.clock), session)
        session.hooks["response"].append(lambda response, **_: stand_in.seen.append(response.request))
        yield stand_in
