"""Which deployment a command speaks to."""

import json
from pathlib import Path

import pytest

from common.client import Shelfline
from common.command_line import target
from common.errors import Misconfigured, Unauthenticated, Unavailable, Usage
from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import FakeApi, FakeConnections


def test_the_local_stack_is_the_default(stack: Path) -> None:
    assert target.find(None, None, None) == target.Target(
        "http://127.0.0.1:1", "slt_local", "http://127.0.0.1:2"
    )


def test_a_named_deployment_has_no_clock_to_move() -> None:
    assert target.find("https://api.example.org", "slt_x", None).control == ""


def test_the_environment_names_a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFLINE_URL", "https://api.example.org")
    monkeypatch.setenv("SHELFLINE_TOKEN", "slt_env")
    assert target.find(None, None, None) == target.Target("https://api.example.org", "slt_env")
    assert target.find(None, "slt_option", None).token == "slt_option"


def test_the_environment_is_stronger_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SHELFLINE_URL=https://file.example.org\nSHELFLINE_TOKEN=slt_file\n")
    monkeypatch.setenv("SHELFLINE_TOKEN", "slt_env")
    assert target.find(None, None, None) == target.Target("https://file.example.org", "slt_env")


def test_a_deployment_wants_a_token() -> None:
    with pytest.raises(Unauthenticated, match="SHELFLINE_TOKEN"):
        target.find("https://api.example.org", None, None)


@pytest.mark.parametrize("record", [None, {"health": "stopped", "urls": {"api": "http://127.0.0.1:1"}}, {}])
def test_a_stack_that_is_down_is_said_to_be(stack: Path, record: object) -> None:
    (stack / "stack.json").unlink() if record is None else (stack / "stack.json").write_text(
        json.dumps(record)
    )
    with pytest.raises(Unavailable, match="`shelfline up` starts it"):
        target.local(stack)


def test_a_broken_stack_says_why(stack: Path) -> None:
    (stack / "stack.json").write_text(
        json.dumps({"health": "red", "reason": "port 1 taken", "urls": {"api": "x"}})
    )
    with pytest.raises(Unavailable, match="port 1 taken"):
        target.local(stack)


def test_a_damaged_record_says_what_to_do(stack: Path) -> None:
    (stack / "stack.json").write_text("{")
    with pytest.raises(Misconfigured, match="shelfline down"):
        target.local(stack)


def test_a_stack_elsewhere_is_found_by_its_folder(
    stack: Path, api: FakeApi, connections: FakeConnections, shelfline: Shelf, tmp_path: Path
) -> None:
    elsewhere = stack.rename(tmp_path / "elsewhere")
    api.on("GET", "/quotas", [])
    assert shelfline("quotas", "--stack", elsewhere).exit_code == 0
    assert connections.targets[0].token == "slt_local"


def test_a_token_shows_nowhere() -> None:
    assert "slt_x" not in repr(target.Target("https://api.example.org", "slt_x"))


@pytest.mark.parametrize("url", ["", "api.example.org", "ftp://x", "http://api.example.org"])
def test_a_token_goes_only_where_it_is_safe(url: str) -> None:
    with pytest.raises(Usage):
        Shelfline(url, "slt_x")
