"""The stand-in on a free port, and the real client in front of it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from common.database.engine import Database
from common.quotas import Ledger
from functions.push.monday.client import Monday
from functions.push.monday.credentials import Credentials
from infra.local.clock import SharedClock
from infra.local.vendors.monday.application import Options, application
from tests.fakes.ledger import FakeLedger
from tests.integration.core.books import Books
from tests.integration.emulator_process import until
from tests.integration.monday.boards import BOARDS
from tests.support.database import database, now, quotas
from tests.support.planting import Faulty
from tests.support.serving import served

__all__ = ["database", "now", "quotas"]

_CLOCK_IS_NOTICED = 0.03  # seconds; a reader goes on with an offset that is up to 20 ms old


@dataclass
class StandIn(Faulty):
    """A running stand-in and what a test needs of it."""

    url: str
    clock: SharedClock
    session: requests.Session

    def client(
        self,
        *,
        ledger: Ledger | None = None,
        token: str = Options.token,
        session: requests.Session | None = None,
        now: Callable[[], datetime] | None = None,
        plan: str = "enterprise",
    ) -> Monday:
        return Monday(
            self.url,
            lambda: Credentials(token),
            session or self.session,
            ledger=ledger or FakeLedger(),
            tenant="default",
            now=now or self.clock.now,
            monday_plan=plan,
        )

    def calls(self) -> dict[str, Any]:
        counted: dict[str, Any] = requests.get(f"{self.url}/_calls", timeout=5).json()
        return counted

    def total(self, name: str) -> int:
        """How often something happened since the start."""
        return int(self.calls()["totals"].get(name, 0))

    def advance(self, seconds: float) -> None:
        """Move business time forward; back once every reader of the clock has noticed."""
        self.clock.set_offset(self.clock.offset() + seconds)
        noticed_at = time.monotonic() + _CLOCK_IS_NOTICED

        def is_noticed() -> bool:
            return time.monotonic() >= noticed_at

        until(is_noticed)

    def held(self, board: str) -> dict[str, Any]:
        """A board as its owner would see it: titles instead of ids."""
        found: dict[str, Any] = requests.get(f"{self.url}/_boards/{board}", timeout=5).json()
        return found

    def keys(self, board: str, title: str) -> dict[str, int]:
        """How often each key stands on an active item."""
        counted: dict[str, int] = self.held(board)["keys"][title]
        return counted


Start = Callable[..., StandIn]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a stand-in over the small boards with any options; all stop at the end."""
    (tmp_path / "boards.json").write_text(json.dumps(BOARDS))
    paths = {name: tmp_path / name for name in ("state", "clock")} | {"boards": tmp_path / "boards.json"}
    with ExitStack() as running:
        yield lambda **options: running.enter_context(_serving(Options(**(paths | options))))


@pytest.fixture
def stand_in(start: Start) -> StandIn:
    """A stand-in whose limits are out of reach."""
    return start()


@contextmanager
def _serving(options: Options) -> Iterator[StandIn]:
    with served(application(options)) as url, requests.Session() as session:
        yield StandIn(url, SharedClock(options.clock), session)


@pytest.fixture
def books(database: Database) -> Books:
    """Statements of a test's own."""
    return Books(database)
