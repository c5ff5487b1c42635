"""The program as a process of its own, against a server on a real socket."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.client import Shelfline
from common.errors import ShelflineError, Unavailable

CHECKOUT = Path(__file__).parents[3]
TASK = {"id": 17, "key": "NE555P µΩ [bold]", "reason": "…", "record": {"日本": "x"}}


class Handler(BaseHTTPRequestHandler):
    """Knows one task and one token, and reads files."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != "Bearer slt_good":
            self.answer(401, {"code": "unauthenticated", "detail": "Give a token."})
        elif self.path == "/manual/tasks/17":
            self.answer(200, TASK)
        elif self.path == "/health":
            self.answer(200, b"<html>a proxy's page</html>")
        else:
            self.answer(404, {"code": "unknown_task", "detail": f"no {self.path}"})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        names = re.findall(rb'name="(\w+)"; filename="([^"]+)"', sent)
        loaded = {name.decode(): file.decode() for name, file in names}
        self.answer(
            200, {"flow": "parts", "read": 1, "loaded": 1, "rejected": 0, "notices": [], "got": loaded}
        )

    def answer(self, status: int, document: Any) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def shelfline(*words: Any, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHELFLINE_")}
    environment |= {"PYTHONPATH": str(CHECKOUT), "PYTHONWARNINGS": "error", **variables}
    command = [sys.executable, "-m", "common.command_line.main", *map(str, words)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=60, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_page_arrives_in_the_encoding_of_the_terminal(url: str, tmp_path: Path, encoding: str) -> None:
    words = ("tasks", "show", 17, "--url", url, "--token", "slt_good")
    ended = shelfline(*words, folder=tmp_path, PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "[bold]" in ended.stdout.decode(encoding)


def test_json_is_all_there_is_on_standard_output(url: str, tmp_path: Path) -> None:
    variables = {"SHELFLINE_URL": url, "SHELFLINE_TOKEN": "slt_good", "PYTHONIOENCODING": "ascii"}
    ended = shelfline("tasks", "show", 17, "--json", folder=tmp_path, **variables)
    assert json.loads(ended.stdout) == TASK


def test_an_unknown_task_exits_with_2_and_a_wrong_token_with_1(url: str, tmp_path: Path) -> None:
    missing = shelfline("tasks", "show", 18, "--url", url, "--token", "slt_good", "--json", folder=tmp_path)
    assert (missing.returncode, json.loads(missing.stdout)["error"]["code"]) == (2, "unknown_task")
    refused = shelfline("tasks", "show", 17, "--url", url, "--token", "slt_bad", folder=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, b"")


def test_where_nothing_listens_it_says_how_to_start_the_stack(nobody: str, tmp_path: Path) -> None:
    ended = shelfline("run", "parts", "--url", nobody, "--token", "slt_good", "--json", folder=tmp_path)
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"]["message"].endswith("`shelfline up` starts it.")


def test_a_pipe_that_closes_early_is_no_traceback(url: str, tmp_path: Path) -> None:
    script = f"{sys.executable} -m common.command_line.main --help | head -c 1"
    ended = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        timeout=60,
    )
    assert b"Traceback" not in ended.stderr


def test_help_loads_nothing_that_is_slow(tmp_path: Path) -> None:
    slow = ["requests", "pydantic", "sqlalchemy", "fastapi", "google.auth", "rich.table"]
    script = f"""
import sys
from common.command_line.main import application
try:
    application()(["--help"])
except SystemExit:
    print([name for name in {slow} if name in sys.modules], file=sys.stderr)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        timeout=60,
    )
    assert ended.stderr.decode().strip() == "[]"


def test_files_are_sent_under_their_names(url: str, tmp_path: Path) -> None:
    for name in ("mine.csv", "columns.json"):
        (tmp_path / name).write_text("{}")
    with Shelfline(url, "slt_good") as client:
        answer = client.load("parts", tmp_path / "mine.csv", mapping=tmp_path / "columns.json")
    assert answer["got"] == {"file": "mine.csv", "mapping": "columns.json"}


def test_a_netrc_does_not_take_the_tokens_place(url: str, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    words = ("tasks", "show", 17, "--url", url, "--token", "slt_good")
    assert shelfline(*words, folder=tmp_path, HOME=str(tmp_path)).returncode == 0


def test_a_proxy_does_not_see_calls_on_this_machine(url: str, nobody: str, tmp_path: Path) -> None:
    words = ("tasks", "show", 17, "--url", url, "--token", "slt_good")
    assert (
        shelfline(*words, folder=tmp_path, http_proxy=nobody, HTTP_PROXY=nobody, no_proxy="").returncode == 0
    )


def test_what_is_not_the_api_is_said_to_be_something_else(url: str) -> None:
    with Shelfline(url, "slt_good") as client, pytest.raises(ShelflineError, match="not Shelfline's API"):
        client.health()


def test_the_client_can_be_used_again_after_closing(url: str, nobody: str) -> None:
    client = Shelfline(url, "slt_good")
    assert client.task("17")["id"] == 17
    client.close()
    assert client.task("17")["id"] == 17
    client.close()
    with Shelfline(nobody) as away, pytest.raises(Unavailable):
        away.health()
