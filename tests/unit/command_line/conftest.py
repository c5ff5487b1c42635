"""A command line over a scripted API, with a local stack's folder that says where it would be."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from common.command_line.main import application
from tests.unit.command_line.fake_api import FakeApi, FakeClock, FakeConnections

Shelf = Callable[..., Result]


@cache
def the_program() -> Typer:
    return application()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def connections(api: FakeApi, clock: FakeClock) -> FakeConnections:
    return FakeConnections(api, clock)


@pytest.fixture(autouse=True)
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stack that is up; we are beside it, and no variable of this machine leads elsewhere."""
    folder = tmp_path / "var"
    (folder / "secrets").mkdir(parents=True)
    urls = {"api": "http://127.0.0.1:1", "control": "http://127.0.0.1:2"}
    (folder / "stack.json").write_text(json.dumps({"health": "up", "urls": urls}))
    (folder / "secrets" / "api-token").write_text("slt_local\n")
    monkeypatch.chdir(tmp_path)
    for name in ("SHELFLINE_URL", "SHELFLINE_TOKEN", "SHELFLINE_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def shelfline(connections: FakeConnections) -> Shelf:
    """Runs the command line with these words."""

    program = the_program()

    def run(*words: Any, charset: str = "utf-8", columns: int = 120, **more: Any) -> Result:
        runner = CliRunner(charset=charset, env={"COLUMNS": str(columns)})
        return runner.invoke(program, [str(word) for word in words], obj=connections, **more)

    return run
