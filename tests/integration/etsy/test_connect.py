"""shelfline connect etsy: a person consents in a browser, and the tokens are stored."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
import requests

from common.secrets.files import FileSecrets
from infra.local.ports import free_port
from infra.local.vendors.etsy.application import Options
from tests.integration.emulator_process import ROOT
from tests.integration.etsy.conftest import Desk
from tests.support.etsy_account import SHOP, StandIn


@contextmanager
def asking(stand_in: StandIn, folder: Path, port: int, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as a person starts it, until it has ended."""
    (folder / "secret.txt").write_text(Options.shared_secret)
    command = [sys.executable, "-m", "common.command_line.main", "connect", "etsy", "--json"]
    command += ["--keystring", Options.keystring, "--secret-file", "secret.txt", "--address", stand_in.url]
    command += ["--redirect-uri", f"http://127.0.0.1:{port}/callback", "--stack", str(folder), *words]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SHELFLINE_")}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    variables |= {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=variables, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def address_in(messages: IO[str] | None) -> str:
    """The address that the seller is asked to open."""
    assert messages is not None
    for line in messages:
        if found := re.search(r"http\S+/oauth/connect\S+", line):
            return found[0]
    raise AssertionError("no address was named")


def stored(folder: Path) -> FileSecrets:
    return FileSecrets(folder / "secrets")


def test_the_browser_brings_the_answer(stand_in: StandIn, tmp_path: Path) -> None:
    port = free_port()
    with asking(stand_in, tmp_path, port) as process:
        back = stand_in.agree(address_in(process.stderr))
        assert requests.get(f"http://127.0.0.1:{port}/favicon.ico", timeout=10).status_code == 404
        assert "close this window" in requests.get(back, timeout=10).text
        out, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    answer = json.loads(out)
    assert (answer["vendor"], answer["setting"]) == ("etsy", "SHELFLINE_ETSY_URL=https://api.etsy.com")
    account = stored(tmp_path).get("etsy")
    assert account is not None
    assert account["shop_id"] == str(SHOP)
    for name in ("shared_secret", "access_token", "refresh_token"):
        assert account[name] not in out + errors
    desk = Desk(stand_in, stored(tmp_path))
    assert desk.client().drafts() == []
    assert desk.account().access_token == account["access_token"], "what was stored is good as it is"


def test_the_address_can_be_pasted(stand_in: StandIn, tmp_path: Path) -> None:
    with asking(stand_in, tmp_path, free_port(), "--paste") as process:
        back = stand_in.agree(address_in(process.stderr))
        out, errors = process.communicate(f"{back}\n", timeout=30)
    assert process.returncode == 0, errors
    assert json.loads(out)["vendor"] == "etsy"
    assert stored(tmp_path).get("etsy") is not None


@pytest.mark.parametrize(
    ("decision", "pasted", "code"),
    [
        ("deny", "{back}", "etsy_no_consent"),
        ("grant", "http://127.0.0.1/callback?code=x&state=other", "etsy_other_answer"),
        ("grant", "{back}x", "etsy_other_answer"),
    ],
)
def test_nothing_is_stored_without_an_answer_to_this_question(
    stand_in: StandIn, tmp_path: Path, decision: str, pasted: str, code: str
) -> None:
    with asking(stand_in, tmp_path, free_port(), "--paste") as process:
        back = stand_in.agree(address_in(process.stderr), decision)
        out, _ = process.communicate(pasted.format(back=back) + "\n", timeout=30)
    assert process.returncode in (1, 2)
    assert json.loads(out)["error"]["code"] == code
    assert stored(tmp_path).get("etsy") is None


def test_a_browser_that_never_comes_is_waited_for_only_so_long(stand_in: StandIn, tmp_path: Path) -> None:
    with asking(stand_in, tmp_path, free_port(), "--patience", "1") as process:
        out, _ = process.communicate(timeout=30)
    assert json.loads(out)["error"]["code"] == "etsy_no_answer"
