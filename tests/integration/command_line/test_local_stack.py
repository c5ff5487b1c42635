"""What the command line does with a local stack: its clock, a terminal, and stopping what does not run."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn

from common.command_line.clock import StackClock
from common.errors import Conflict, Unavailable
from infra.local.clock import SharedClock
from infra.local.stack.clock import ClockMover
from infra.local.stack.control import application
from infra.local.stack.record import Record
from tests.integration.command_line.test_over_http import CHECKOUT, shelfline
from tests.unit.command_line.fake_api import RUN_ID, a_run, working


@contextlib.contextmanager
def control(folder: Path, real_vendors: dict[str, str]) -> Iterator[str]:
    """The stack's own control server, without a database behind its clock."""
    clock = SharedClock(folder / "clock.json")
    app = application(clock, ClockMover(clock, "", real_vendors), Record)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_the_stacks_clock_goes_where_it_is_sent(tmp_path: Path) -> None:
    with control(tmp_path, {}) as url:
        clock = StackClock(url)
        goal = clock.now() + timedelta(hours=9)
        assert clock.advance(goal) >= goal
        assert clock.now() >= goal
        with pytest.raises(Conflict, match="only moves forward"):
            clock.advance(goal - timedelta(hours=1))
        clock.close()


def test_the_stacks_clock_stands_while_a_vendor_is_real(tmp_path: Path) -> None:
    with control(tmp_path, {"digikey": "https://api.digikey.com"}) as url:
        clock = StackClock(url)
        with pytest.raises(Conflict, match="real service"):
            clock.advance(clock.now() + timedelta(hours=9))
        clock.close()


def test_a_clock_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with control(tmp_path, {}) as url:
        pass
    with pytest.raises(Unavailable):
        StackClock(url).now()


def test_stopping_a_stack_that_does_not_run_is_fine(tmp_path: Path) -> None:
    ended = shelfline("down", "--stack", tmp_path / "var", "--json", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"ok": True, "state": None, "urls": {}}
    assert b"the stack is down" in ended.stderr


def test_a_terminal_sees_a_moving_line_and_a_pipe_does_not(tmp_path: Path) -> None:
    script = """
import sys
from common.command_line.output import Output
from common.command_line.progress import progress
shown = progress(Output())
run = eval(sys.argv[1])
shown.update(run)
shown.tell("moving the clock [bold]ahead")
shown.close()
"""
    words = [sys.executable, "-c", script, repr(working(id=RUN_ID))]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "TERM": "xterm", "COLUMNS": "100"}
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        ended = subprocess.run(words, env=environment, stderr=theirs, stdout=subprocess.PIPE, timeout=60)
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal whose other side is closed with an error
            while part := terminal.read(4096):
                seen += part
    piped = subprocess.run(words, env=environment, capture_output=True, timeout=60)
    assert ended.stdout == piped.stdout == b""
    assert b"\x1b[" in seen
    assert b"7 of 10" in seen
    assert b"[bold]ahead" in seen
    assert piped.stderr.decode().splitlines()[0] == f"{RUN_ID}: working, 7 of 10, 4 done, 1 skipped, 2 manual"
    assert b"\x1b" not in piped.stderr


def test_plain_lines_come_when_something_changed_and_not_too_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from common.command_line.output import Output
    from common.command_line.progress import PlainLines

    moments = iter([0.0, 0.0, 1.0, 4.0, 4.0, 9.0])
    lines = PlainLines(Output(), lambda: next(moments))
    for run in (working(), working(), a_run(), a_run(), a_run()):
        lines.update(run)
    assert [line.split(": ")[1].split(",")[0] for line in capsys.readouterr().err.splitlines()] == [
        "working",
        "completed",
    ]
