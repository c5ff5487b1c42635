"""The servers of the functions, with functions of a few lines behind the project's own main.py."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from infra.local.ports import HOST, free_port
from tests.integration.local.tiny_stack import until

ROOT = Path(__file__).parents[3]
MAIN = (ROOT / "main.py").read_text()

FUNCTION = """
    import os
    import threading

    import flask
    import functions_framework

    from functions.{name} import helper


    @functions_framework.http
    def {name}(request: flask.Request) -> flask.typing.ResponseReturnValue:
        if request.path == "/fail":
            raise ValueError("planted")
        return {{
            "helper": helper.NAME,
            "path": request.path,
            "body": request.get_data(as_text=True),
            "process": os.getpid(),
            "module": {name}.__module__,
        }}
"""

API = """
    import functions_framework.aio
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route


    async def pending(request):
        return JSONResponse({"pending": []})


    application = Starlette(routes=[Route("/workflow/pending", pending)])


    @functions_framework.aio.http
    async def api(request):
        return application
"""


HASTY = """
    import threading

    import functions_framework

    threading.Thread(target=threading.Event().wait, name="hasty", daemon=True).start()


    @functions_framework.http
    def hasty(request):
        return "late"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with main.py, two functions, an API, and a function that starts a thread at import."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "main.py").write_text(MAIN)
    for name in ("fetch", "decide"):
        write_function(folder, name, FUNCTION.format(name=name))
        (folder / "functions" / name / "helper.py").write_text(f"NAME = 'helper of {name}'\n")
    write_function(folder, "api", API)
    write_function(folder, "hasty", HASTY)
    return folder


def write_function(folder: Path, name: str, text: str) -> None:
    place = folder / "functions" / name
    place.mkdir(parents=True)
    place.with_name("__init__.py").touch()
    (place / "main.py").write_text(textwrap.dedent(text))


@contextmanager
def serving(project: Path, command: list[str], port: int) -> Iterator[str]:
    """Run a server in the project's folder; its address, once it answers."""
    url = f"http://{HOST}:{port}"
    with subprocess.Popen(command, cwd=project, env=environment_for(command, project)) as process:
        try:
            until(lambda: process.poll() is not None or is_answered(url))
            assert process.returncode is None
            yield url
        finally:
            process.terminate()
            process.wait(20)


def environment_for(command: list[str], project: Path) -> dict[str, str]:
    """Only our own server needs the path to this checkout; the plain command finds all beside main.py."""
    path = str(ROOT) if "infra.local.serve" in command else ""
    return {**os.environ, "PYTHONPATH": path, "XDG_RUNTIME_DIR": str(project)}


def is_answered(url: str) -> bool:
    try:
        return requests.get(f"{url}/_health", timeout=5).status_code < 500
    except requests.ConnectionError:
        return False


def serve(steps: str, port: int) -> list[str]:
    source = ["--source", "main.py"]
    return [sys.executable, "-m", "infra.local.serve", "--port", str(port), "--steps", steps, *source]


@pytest.fixture(scope="module")
def steps(project: Path) -> Iterator[str]:
    port = free_port()
    with serving(project, serve("fetch,decide", port), port) as url:
        yield url


def test_each_step_is_served_under_its_name_with_its_own_modules(steps: str) -> None:
    for name in ("fetch", "decide"):
        answer = requests.post(f"{steps}/{name}", data="wake up", timeout=5).json()
        assert answer["helper"] == f"helper of {name}"
        assert answer["module"] == f"functions.{name}.main"
        assert answer["body"] == "wake up"


def test_a_step_is_not_redirected_to_its_slash(steps: str) -> None:
    answer = requests.post(f"{steps}/fetch", allow_redirects=False, timeout=5)
    assert answer.status_code == 200
    assert answer.json()["path"] == "/"


def test_the_rest_of_the_path_reaches_the_step(steps: str) -> None:
    assert requests.get(f"{steps}/fetch/some/where", timeout=5).json()["path"] == "/some/where"


def test_an_unknown_step_is_404_and_says_which_there_are(steps: str) -> None:
    answer = requests.post(f"{steps}/polish", timeout=5)
    assert answer.status_code == 404
    assert "fetch, decide" in answer.text


def test_an_error_in_a_step_is_500_and_the_next_request_is_served(steps: str) -> None:
    assert requests.post(f"{steps}/fetch/fail", timeout=5).status_code == 500
    assert requests.post(f"{steps}/fetch", timeout=5).status_code == 200


def test_two_processes_share_the_work(steps: str) -> None:
    seen: set[int] = set()

    def answering() -> int:
        return int(requests.post(f"{steps}/fetch", timeout=5).json()["process"])

    def both_answered() -> bool:
        seen.add(answering())
        return len(seen) == 2

    until(both_answered)
    assert {answering() for _ in range(10)} <= seen, "there is no third"


def test_a_function_that_starts_a_thread_at_import_is_refused(project: Path) -> None:
    command = serve("fetch,hasty", free_port())
    environment = environment_for(command, project)
    ended = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode != 0
    assert "started threads, which a fork would lose: ['hasty']" in ended.stderr


def test_the_api_is_served_by_the_plain_command_as_asgi(project: Path) -> None:
    port = free_port()
    command = [str(Path(sys.executable).with_name("functions-framework")), "--target", "api"]
    arguments = ["--source", "main.py", "--host", HOST, "--port", str(port)]
    with serving(project, [*command, *arguments], port) as url:
        assert requests.get(f"{url}/workflow/pending", timeout=5).json() == {"pending": []}
