"""The control server's rules for the clock, without sockets."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from infra.local.clock import SharedClock
from infra.local.stack.clock import ClockMover
from infra.local.stack.control import application
from infra.local.stack.record import Record


class Control:
    """The control application over a clock file."""

    def __init__(self, file: Path, real: Mapping[str, str]) -> None:
        self.clock = SharedClock(file)
        self._application = application(self.clock, ClockMover(self.clock, "", real), Record)

    def advance(self, **request: object) -> httpx.Response:
        return asyncio.run(self._ask("POST", "/clock/advance", **request))

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    async def _ask(self, method: str, path: str, **request: object) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._application)
        async with httpx.AsyncClient(transport=transport, base_url="http://control") as client:
            return await client.request(method, path, **request)  # type: ignore[arg-type]


@pytest.fixture
def control(tmp_path: Path) -> Control:
    return Control(tmp_path / "clock.json", real={})


def test_the_clock_moves_by_seconds(control: Control) -> None:
    control.advance(json={"seconds": 60})
    assert control.advance(json={"seconds": 0.5}).json()["offset_seconds"] == 60.5
    assert control.get("/clock").json()["offset_seconds"] == 60.5


def test_the_clock_moves_to_a_moment(control: Control) -> None:
    moment = datetime.now(UTC) + timedelta(days=3)
    reached = datetime.fromisoformat(control.advance(json={"to": moment.isoformat()}).json()["now"])
    assert abs((reached - moment).total_seconds()) < 5


@pytest.mark.parametrize("body", [{"seconds": -1}, {"to": "2001-01-01T00:00:00Z"}])
def test_the_clock_does_not_move_back(control: Control, body: object) -> None:
    answer = control.advance(json=body)
    assert answer.status_code == 409
    assert control.clock.offset() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"seconds": "60"},
        {"seconds": True},
        {"seconds": 1, "to": "2030-01-01T00:00:00Z"},
        {"to": "tomorrow"},
        {"to": "2030-01-01T00:00:00"},
    ],
)
def test_a_body_that_does_not_say_where_to_go_is_refused(control: Control, body: object) -> None:
    answer = control.advance(json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_number_without_end_is_refused(control: Control, number: str) -> None:
    answer = control.advance(content=f'{{"seconds": {number}}}', headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_a_web_page_cannot_move_the_clock(control: Control) -> None:
    """A browser sends JSON to another origin only after asking; text it sends unasked."""
    answer = control.advance(content='{"seconds": 60}', headers={"content-type": "text/plain"})
    assert answer.status_code == 400
    assert control.clock.offset() == 0


def test_time_is_real_while_a_vendor_is(tmp_path: Path) -> None:
    control = Control(tmp_path / "clock.json", real={"digikey": "https://api.digikey.com"})
    answer = control.advance(json={"seconds": 60})
    assert answer.status_code == 409
    assert "digikey (https://api.digikey.com)" in answer.json()["error"]
