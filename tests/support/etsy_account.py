"""Etsy's stand-in on a free port: one server for all tests of a process, an account of its own for each test."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image

from infra.local.clock import SharedClock
from infra.local.vendors.etsy.application import Options, application
from tests.support.planting import Faulty
from tests.support.postgres import quick_folder
from tests.support.processes import until
from tests.support.serving import SharedServer

SHOP = 5001
REFRESH_TOKEN = "1001.planted"
KEY = f"{Options.keystring}:{Options.shared_secret}"
API = "/v3/application"
DRAFT = {
    "quantity": "100",
    "title": "Sunflower tumbler wrap",
    "description": "A wrap.",
    "price": "4.00",
    "who_made": "i_did",
    "when_made": "made_to_order",
    "taxonomy_id": "1063",
    "shipping_profile_id": "8001",
}


def picture(red: int = 200, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    """A small image in one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, (red, 20, 30)).save(content, kind)
    return content.getvalue()


@dataclass
class StandIn(Faulty):
    """A running stand-in as a test sees it."""

    url: str
    clock: SharedClock
    session: requests.Session
    token: str = ""

    def call(self, method: str, path: str, *, key: str = KEY, **options: Any) -> requests.Response:
        """A call of the API with key and token."""
        headers = {"x-api-key": key} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return self.session.request(
            method,
            f"{self.url}{API}{path}",
            headers=headers | options.pop("headers", {}),
            timeout=10,
            **options,
        )

    def ask_tokens(self, **fields: str) -> requests.Response:
        """A request to the token endpoint."""
        return self.session.post(f"{self.url}/v3/public/oauth/token", data=fields, timeout=10)

    def refresh(self, token: str) -> requests.Response:
        """Use a refresh token."""
        return self.ask_tokens(grant_type="refresh_token", client_id=Options.keystring, refresh_token=token)

    def sign_in(self) -> "StandIn":
        """Go on with the tokens of a consent to everything."""
        self.token = self.refresh(REFRESH_TOKEN).json()["access_token"]
        return self

    def agree(self, address: str, decision: str = "grant") -> str:
        """What a seller does with a consent page: press a button. The address that it leads to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        answer = self.session.post(
            f"{self.url}/oauth/connect",
            data=asked | {"decision": decision},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def create(self, **fields: str | None) -> requests.Response:
        """createDraftListing with these fields besides the usual; None leaves one out."""
        given = {name: value for name, value in (DRAFT | fields).items() if value is not None}
        return self.call("POST", f"/shops/{SHOP}/listings", data=given)

    def draft(self, **fields: str | None) -> int:
        """Make a draft; its number."""
        made = self.create(**fields)
        assert made.status_code == 201, made.text
        return int(made.json()["listing_id"])

    def upload(self, listing: int, content: bytes | None = None, **fields: Any) -> requests.Response:
        """uploadListingImage."""
        file = picture() if content is None else content
        return self.call(
            "POST",
            f"/shops/{SHOP}/listings/{listing}/images",
            data=fields,
            files={"image": ("a.png", file, "image/png")},
        )

    def page(self, path: str) -> Any:
        """One of the pages for tests."""
        return self.session.get(self.url + path, timeout=10).json()

    def held(self) -> list[dict[str, Any]]:
        """Every listing that is not deleted."""
        found: list[dict[str, Any]] = self.page("/_listings")["listings"]
        return [each for each in found if each["state"] != "deleted"]

    def calls(self) -> dict[str, int]:
        """How often each operation was called, refused and limited."""
        counted: dict[str, int] = self.page("/_calls")["calls"]
        return counted

    def pass_time(self, seconds: float) -> None:
        """Move the shared clock, and wait until the stand-in has seen it."""
        self.clock.set_offset(self.clock.offset() + seconds)
        moved_to = self.clock.timestamp()
        until(lambda: self.page("/_health")["now"] >= moved_to)


Start = Callable[..., StandIn]


@pytest.fixture(scope="session")
def etsy_server() -> Iterator[SharedServer]:
    """The server."""
    server = SharedServer()
    yield server
    server.close()


@pytest.fixture
def start(etsy_server: SharedServer) -> Iterator[Start]:
    """Start a stand-in with any options; started again, it takes the first one's place over the same state."""
    with ExitStack() as all_of_it, ExitStack() as running:
        folder = all_of_it.enter_context(quick_folder())

        def started(**options: Any) -> StandIn:
            running.close()
            known: dict[str, Any] = {
                "state": folder / "state",
                "clock": folder / "clock.json",
                "per_second": 1000,
            }
            given = known | {"refresh_token": REFRESH_TOKEN} | options
            url = running.enter_context(etsy_server.serving(application(Options(**given))))
            return StandIn(url, SharedClock(given["clock"]), running.enter_context(requests.Session()))

        yield started


@pytest.fixture
def stand_in(start: Start) -> StandIn:
    """A stand-in with a seller signed in and limits out of reach."""
    return start().sign_in()
