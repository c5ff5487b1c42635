"""Every command that the README shows does what it says."""

import csv
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.ports import free_port
from infra.local.samples.artwork import artwork
from infra.local.samples.make_orders import books
from tests.support.processes import ROOT, until
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SAMPLES = ROOT / "infra" / "local" / "samples"
_BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
COMMANDS = [line.split("   #")[0].strip() for block in _BLOCKS for line in block.splitlines() if line.strip()]
INLINE = re.findall(r"`(shelfline [^`]+)`", (ROOT / "README.md").read_text())
_PARTS = """MPN;Mfr;Description
LM317T;Texas Instruments;adjustable regulator
;Texas Instruments;no number
NE555P;Texas Instruments;timer
"""
_ON_THE_STACK = [
    line.removeprefix(".venv/bin/") for line in COMMANDS if line.startswith(".venv/bin/shelfline")
]
_OF_DESIGNS = next(block for block in _BLOCKS if "load designs" in block)
_PUSHED = {"orders": "monday", "designs": "etsy"}


def test_the_readme_has_the_commands_that_this_file_knows_how_to_run() -> None:
    known = ("make run", "make test", "make up", "make clean", ".venv/bin/shelfline ", "FUNCTION_TARGET=")
    assert COMMANDS
    assert [line for line in COMMANDS if not line.startswith(known)] == []


@pytest.mark.parametrize("target", [line.split()[1] for line in COMMANDS if line.startswith("make ")])
def test_make_knows_the_target(target: str) -> None:
    """`make run` and `make test` themselves are what continuous integration runs."""
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("first_report")
@pytest.mark.parametrize("line", [*_ON_THE_STACK, *INLINE])
def test_a_command_of_the_readme_works(stack: Stack, line: str, tmp_path: Path) -> None:
    write_files(stack.folder.parent)
    flow = "designs" if line in _OF_DESIGNS else "orders"
    words = [newest_run(stack, flow) if word == "RUN" else word for word in shlex.split(line)[1:]]
    if "connect" in line:  # the stack's own credentials, and the checkout's .env, stay as they are
        words += ["--env-file", str(tmp_path / ".env")]
        done = stack.shelfline(*words, said="my-client\nmy-secret\n", secrets=tmp_path / "secrets")
        assert f"api.{words[1]}.com" in (tmp_path / ".env").read_text()
    else:
        done = stack.shelfline(*words)
    accepted = (0, 1) if "--vendors" in line or "load parts" in line else (0,)
    assert done.returncode in accepted, done.stdout + done.stderr
    if "load parts" in line:
        assert re.search(r"\b3\b.*\bpn\b", done.stdout + done.stderr), done.stdout + done.stderr


def write_files(folder: Path) -> None:
    """What the README takes for a user's own files."""
    (folder / "my-parts.csv").write_text(_PARTS)
    (folder / "my-customers.yaml").write_bytes((ROOT / "infra/local/samples/customers.yaml").read_bytes())
    (folder / "my-columns.json").write_text(json.dumps({"Our number": "AAG ORDER NUMBER"}))
    rows = [{**row, "Our number": f"MY-{place}"} for place, row in enumerate(books()[0][:3])]
    for row in rows:
        del row["AAG ORDER NUMBER"]
    with (folder / "my-orders.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "my-shop.yaml").write_bytes((SAMPLES / "shop.yaml").read_bytes())
    shutil.copytree(SAMPLES / "shop", folder / "shop", dirs_exist_ok=True)
    for name, numbers in {"artwork": range(200, 204), "library": range(204, 207)}.items():
        (folder / name).mkdir(exist_ok=True)
        for number in numbers:
            artwork(number, 200).save(folder / name / f"{number}.png")


def newest_run(stack: Stack, flow: str) -> str:
    """Of those that have pushed something, there is nothing else to undo; one that works on is waited for."""

    def found() -> dict[str, Any]:
        runs: list[dict[str, Any]] = stack.json("status", "--flow", flow, "--limit", "20")["runs"]
        return next(run for run in runs if run["pushed"].get(_PUSHED[flow]))

    until(lambda: found()["state"] not in ("pending", "running"), within=60)
    return str(found()["id"])


def test_a_single_function_starts_with_the_plain_framework(stack: Stack, tmp_path: Path) -> None:
    line = next(line for line in COMMANDS if line.startswith("FUNCTION_TARGET="))
    words = shlex.split(line)
    port = free_port()
    program = Path(sys.executable).with_name("functions-framework")
    arguments = [str(port) if word == "8080" else word for word in words[2:]]
    environment = {
        **stack.environment,
        "FUNCTION_TARGET": words[0].partition("=")[2],
        "PATH": str(program.parent),
    }
    with (tmp_path / "log").open("w") as log:
        served = subprocess.Popen([program, *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_it_listens(port, served)
            answer = requests.post(f"http://127.0.0.1:{port}/", json={}, timeout=10)
        finally:
            served.terminate()
            served.wait(20)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_token")


def _wait_until_it_listens(port: int, served: "subprocess.Popen[bytes]") -> None:
    def listens() -> bool:
        assert served.poll() is None, "the function has ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens, within=30)
