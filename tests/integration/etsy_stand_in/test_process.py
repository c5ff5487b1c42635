"""The stand-in as the local stack runs it: a process that may be killed at any time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from infra.local.clock import SharedClock
from tests.integration.emulator_process import EmulatorProcess
from tests.support.etsy_account import REFRESH_TOKEN, StandIn


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EmulatorProcess]:
    options = ["--state", str(tmp_path / "state"), "--clock", str(tmp_path / "clock.json")]
    options += ["--refresh-token", REFRESH_TOKEN, "--per-second", "500"]
    running = EmulatorProcess("infra.local.vendors.etsy", *options)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_what_was_answered_outlives_a_kill(process: EmulatorProcess, tmp_path: Path) -> None:
    with requests.Session() as session:
        stand_in = StandIn(process.url, SharedClock(tmp_path / "clock.json"), session).sign_in()
        number = stand_in.draft()
        stand_in.upload(number)
        before = stand_in.held()
        process.kill()
        process.start()
        assert stand_in.held() == before
        assert stand_in.draft() > number, "the token is still good, and numbers go on"
        assert stand_in.refresh(REFRESH_TOKEN).status_code == 400, "and what was used up stays so"
