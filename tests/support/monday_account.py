"""The stand-in for monday.com behind a real socket: one server for a test process, one fresh account for each test."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from infra.local.clock import SharedClock
from infra.local.vendors.monday.application import Options, application
from tests.support.postgres import quick_folder

SPRING, AUTUMN = "2001001", "2001002"
"""The boards of items that an account has."""
BOARDS = Path(__file__).parents[2] / "infra/local/samples/monday_boards.json"
TOKEN = Options.token
_PATIENCE = 10.0  # seconds
_CLOCK_IS_NOTICED = 0.03  # seconds; a reader goes on with an offset that is up to 20 ms old


class MondayServer:
    """A server whose account can be changed for another while it runs."""

    def __init__(self) -> None:
        self._account: Starlette | None = None
        self._lifespan: AbstractAsyncContextManager[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self._account is not None, "no account is open"
        await self._account(scope, receive, send)

    def open(self, options: Options) -> None:
        """Serve this account from now on, instead of the one before."""
        assert self._loop is not None, "the server has not started"
        asyncio.run_coroutine_threadsafe(self._change(application(options)), self._loop).result(_PATIENCE)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._loop = asyncio.get_running_loop()
        await send(_said("startup"))
        await receive()
        await self._change(None)
        await send(_said("shutdown"))

    async def _change(self, account: Starlette | None) -> None:
        if self._lifespan is not None:
            await self._lifespan.__aexit__(None, None, None)
        self._account, self._lifespan = account, None
        if account is not None:
            self._lifespan = account.router.lifespan_context(account)
            await self._lifespan.__aenter__()


def _said(what: str) -> Message:
    return {"type": f"lifespan.{what}.complete"}


@pytest.fixture(scope="session")
def monday_server() -> Iterator[tuple[MondayServer, str]]:
    """The server, and its address."""
    accounts = MondayServer()
    # uvicorn opens its socket itself: one handed to it would wait 40 ms for each answer (no TCP_NODELAY).
    server = uvicorn.Server(uvicorn.Config(accounts, port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + _PATIENCE
    while not server.started and time.monotonic() < end:
        time.sleep(0.005)
    try:
        yield accounts, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)


@dataclass
class MondayAccount:
    """An account as its owner sees it."""

    url: str
    clock: SharedClock
    accounts: MondayServer
    options: Options
    session: requests.Session

    def restart(self, **options: Any) -> None:
        """Another process over what this one has kept, with other options if any are given."""
        self.options = Options(**{**vars(self.options), **options})
        self.accounts.open(self.options)

    def board(self, board: str = SPRING) -> dict[str, Any]:
        """A board by titles instead of ids, with everything that ever stood on it."""
        found: dict[str, Any] = self.session.get(f"{self.url}/_boards/{board}", timeout=5).json()
        return found

    def items(self, board: str = SPRING) -> dict[str, dict[str, Any]]:
        """The active items by name: {group, values, lines}, lines being {size: ordered quantity as text}."""
        items = self.board(board)["items"]
        return {item["name"]: _shown(item) for item in items if item["state"] == "active"}

    def keys(self, board: str = SPRING) -> dict[str, int]:
        """How often each of our keys stands on an active item; a blank one is an item that people made."""
        counted: dict[str, int] = self.board(board)["keys"]["SOURCE UUID"]
        return counted

    def calls(self) -> dict[str, int]:
        """How often anything has happened: calls, queries, mutations, …; and each root field (create_item, …) by name."""
        counted = self.session.get(f"{self.url}/_calls", timeout=5).json()
        return {**counted["totals"], **counted["fields"]}

    def plant(
        self,
        operation: str,
        kind: str,
        *,
        times: int = 1,
        match: Mapping[str, Any] | None = None,
        **parameters: Any,
    ) -> None:
        """Make an operation ("monday.mutation") fail; see infra.local.vendors.monday."""
        fault = {"operation": operation, "kind": kind, "times": times, "match": dict(match or {})}
        answer = self.session.post(f"{self.url}/_faults", json={**fault, "parameters": parameters}, timeout=5)
        assert answer.status_code == 201, answer.text

    def struck(self) -> int:
        """How often planted faults have struck."""
        return sum(fault["struck"] for fault in self.session.get(f"{self.url}/_faults", timeout=5).json())

    def query(self, document: str, **variables: Any) -> dict[str, Any]:
        """Somebody else's request: a person at the board. Its data."""
        body = {"query": document, "variables": variables}
        headers = {"Authorization": TOKEN, "API-Version": "2026-10"}
        answer = self.session.post(f"{self.url}/v2", json=body, headers=headers, timeout=5).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def advance_to(self, offset: float) -> None:
        """Let so many seconds lie between real and virtual time; back once every reader has noticed."""
        self.clock.set_offset(offset)
        time.sleep(_CLOCK_IS_NOTICED)


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    lines = {
        line["values"]["SIZE"]: line["values"]["ORDER QTY"]
        for line in item["subitems"]
        if line["state"] == "active"
    }
    return {"id": item["id"], "group": item["group"], "values": item["values"], "lines": lines}


@contextmanager
def fresh_account(monday_server: tuple[MondayServer, str]) -> Iterator[MondayAccount]:
    """An account with the boards of the samples, nothing on them, and limits out of reach."""
    accounts, url = monday_server
    with quick_folder() as folder, requests.Session() as session:
        options = Options(state=folder / "state", clock=folder / "clock", boards=BOARDS)
        accounts.open(options)
        yield MondayAccount(url, SharedClock(options.clock), accounts, options, session)


@pytest.fixture
def monday(monday_server: tuple[MondayServer, str]) -> Iterator[MondayAccount]:
    """An account of this test's own."""
    with fresh_account(monday_server) as account:
        yield account
