"""The stand-in as the stack starts it: one process, its state in a folder."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from functions.scrape.digikey.client import DigiKeyClient
from infra.local.clock import SharedClock
from tests.integration.digikey.conftest import CREDENTIALS


@contextmanager
def process(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The stand-in with the sample catalogue, and its address once it can serve."""
    port = _free_port()
    command = [sys.executable, "-m", "infra.local.vendors.digikey", "--port", str(port), *options]
    running = subprocess.Popen(
        [*command, "--state", str(folder / "state"), "--clock", str(folder / "clock.json")]
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_health(url, running)
        yield running, url
    finally:
        running.kill()
        running.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_health(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert running.poll() is None, "the stand-in ended before it served"
        try:
            if requests.get(f"{url}/_health", timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.02)
    pytest.fail("the stand-in did not serve in time")


def remaining(url: str, folder: Path) -> int | None:
    """Calls left today, after one more."""
    clock = SharedClock(folder / "clock.json")
    with requests.Session() as session:
        rate = DigiKeyClient(url, lambda: CREDENTIALS, session, now=clock.now).search("LM358P").rate
    return rate.remaining if rate else None


def test_a_killed_stand_in_remembers_what_was_used_and_sigterm_stops_it_cleanly(tmp_path: Path) -> None:
    with process(tmp_path, "--per-day", "500") as (running, url):
        assert remaining(url, tmp_path) == 499
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    with process(tmp_path, "--per-day", "500") as (running, url):
        assert remaining(url, tmp_path) == 498
        running.terminate()
        assert running.wait(10) in (0, -signal.SIGTERM)
