"""Following a run through a clock that moves and an API that comes and goes."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from common.command_line.follow import Followed, Follower
from common.command_line.target import Target
from common.command_line.watch import Rules, Why
from common.errors import NotFound, Unavailable
from tests.unit.command_line.fake_api import (
    RUN_ID,
    START,
    FakeApi,
    FakeClock,
    FakeConnections,
    a_run,
    quiet,
    working,
)

PATH = f"/runs/{RUN_ID}"
SOON = START + timedelta(seconds=58)


class Told:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.updates: list[Any] = []

    def update(self, run: Any) -> None:
        self.updates.append(run)

    def tell(self, text: str) -> None:
        self.texts.append(text)

    def close(self) -> None:
        pass


@pytest.fixture
def told() -> Told:
    return Told()


def follow(
    connections: FakeConnections, told: Told, rules: Rules | None = None, clock: Any = None
) -> Followed:
    client = connections.api(Target("http://127.0.0.1:1", "token"))
    rules = rules or Rules(move_clock=clock is not None)
    return Follower(client, told, clock, connections.pause).follow(RUN_ID, rules)


def test_it_looks_until_the_run_is_done(api: FakeApi, connections: FakeConnections, told: Told) -> None:
    api.on("GET", PATH, working(), working(), a_run())
    followed = follow(connections, told)
    assert followed.stop.why is Why.ENDED
    assert len(told.updates) == 3
    assert connections.paused == [0.5, 0.5]


def test_each_jump_is_told(api: FakeApi, clock: FakeClock, connections: FakeConnections, told: Told) -> None:
    api.on("GET", PATH, quiet(SOON), quiet(SOON), a_run())
    follow(connections, told, clock=clock)
    assert clock.jumps == [SOON]
    assert told.texts == ["nothing to do before 14:03:20 UTC: moving the clock 58 s ahead"]


def test_a_refused_jump_leaves_real_time(
    api: FakeApi, clock: FakeClock, connections: FakeConnections, told: Told
) -> None:
    clock.refuses = "the clock cannot move while a vendor is the real service: digikey"
    api.on("GET", PATH, *[quiet(SOON)] * 5, a_run())
    follow(connections, told, clock=clock)
    assert clock.jumps == []
    assert told.texts[1:] == [f"waiting in real time: {clock.refuses}"]


def test_a_jump_that_somebody_else_made_first_is_as_good(
    api: FakeApi, connections: FakeConnections, told: Told
) -> None:
    class MovedMeanwhile(FakeClock):
        def advance(self, to: Any) -> Any:
            self.time, self.refuses = to + timedelta(seconds=1), "the clock only moves forward"
            return super().advance(to)

    later = quiet(SOON + timedelta(hours=1))
    api.on("GET", PATH, quiet(SOON), quiet(SOON), later, later, a_run())
    follow(connections, told, clock=MovedMeanwhile())
    assert len(told.texts) == 2
    assert "3599 s ahead" in told.texts[1]


def test_an_api_that_is_away_for_a_moment_is_asked_again(
    api: FakeApi, connections: FakeConnections, told: Told
) -> None:
    api.on("GET", PATH, working(), requests.ConnectionError(), (503, {"code": "unavailable"}), a_run())
    assert follow(connections, told).stop.why is Why.ENDED


def test_an_api_that_stays_away_is_given_up(api: FakeApi, connections: FakeConnections, told: Told) -> None:
    api.on("GET", PATH, requests.ConnectionError())
    with pytest.raises(Unavailable, match="not running"):
        follow(connections, told)
    assert sum(connections.paused) == pytest.approx(30, abs=1)


def test_a_run_that_is_gone_ends_at_once(connections: FakeConnections, told: Told) -> None:
    with pytest.raises(NotFound):
        follow(connections, told)
