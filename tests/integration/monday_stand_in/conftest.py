"""The stand-in on a free port, and a caller in front of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.clock import SharedClock
from infra.local.vendors.monday.application import Options, application
from tests.integration.emulator_process import until
from tests.integration.monday_stand_in.boards import BOARD, CREATE, FIND, KEY, SMALL, encoded
from tests.support.planting import Faulty
from tests.support.serving import SharedServer


@dataclass
class StandIn(Faulty):
    """A running stand-in and what a test needs of it."""

    url: str
    clock: SharedClock
    session: requests.Session

    def post(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        token: str = Options.token,
    ) -> requests.Response:
        """A call, with an Idempotency-Key if one is given."""
        headers = {"Authorization": token, "API-Version": "2026-10"}
        headers |= {} if key is None else {"Idempotency-Key": key}
        body = {"query": query, "variables": variables or {}}
        return self.session.post(f"{self.url}/v2", json=body, headers=headers, timeout=10)

    def data(self, query: str, variables: dict[str, Any] | None = None, **options: Any) -> Any:
        """The data of a call that has to succeed."""
        body = self.post(query, variables, **options).json()
        assert "errors" not in body, body
        return body["data"]

    def error(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """The one error of a call that has to be refused with HTTP 200."""
        response = self.post(query, variables)
        assert response.status_code == 200
        (error,) = response.json()["errors"]
        return error

    def create(
        self, name: str = "an item", values: dict[str, Any] | None = None, *, labels: bool = False
    ) -> str:
        """Make an item; returns its id."""
        variables = {"board": BOARD, "name": name, "values": encoded(**(values or {})), "labels": labels}
        return str(self.data(CREATE, variables)["create_item"]["id"])

    def found(self, column_id: str = KEY, *values: str) -> list[str]:
        """Names of the items that a search finds."""
        columns = [{"column_id": column_id, "column_values": list(values)}]
        page = self.data(FIND, {"board": BOARD, "columns": columns, "limit": 100})
        return [item["name"] for item in page["items_page_by_column_values"]["items"]]

    def pass_time(self, seconds: float) -> None:
        """Move the shared clock, and wait until the stand-in has seen it."""
        self.clock.set_offset(self.clock.offset() + seconds)
        moved_to = self.clock.timestamp()
        until(lambda: self.page("/_health")["now"] >= moved_to)

    def page(self, path: str) -> Any:
        """One of the pages for tests."""
        return self.session.get(self.url + path, timeout=10).json()

    def names(self, board: str = BOARD) -> list[str]:
        """The names of everything that ever was on a board."""
        return [item["name"] for item in self.page(f"/_boards/{board}")["items"]]


Start = Callable[..., StandIn]


@pytest.fixture
def boards_file(tmp_path: Path) -> Path:
    """The small boards as a file."""
    path = tmp_path / "boards.json"
    path.write_text(json.dumps(SMALL))
    return path


@pytest.fixture(scope="module")
def _server() -> Iterator[SharedServer]:
    server = SharedServer()
    yield server
    server.close()


@pytest.fixture
def start(_server: SharedServer, tmp_path: Path, boards_file: Path) -> Iterator[Start]:
    """Start a stand-in over the small boards with any options; started again, it takes the first one's place."""
    with ExitStack() as running:

        def started(**options: Any) -> StandIn:
            running.close()
            paths = {"state": tmp_path / "state", "clock": tmp_path / "clock.json", "boards": boards_file}
            url = running.enter_context(_server.serving(application(Options(**(paths | options)))))
            session = running.enter_context(requests.Session())
            return StandIn(url, SharedClock(tmp_path / "clock.json"), session)

        yield started


@pytest.fixture
def stand_in(start: Start) -> StandIn:
    """A stand-in over the small boards on the Enterprise plan."""
    return start()
