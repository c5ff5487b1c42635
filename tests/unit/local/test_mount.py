"""Many WSGI functions in one application."""

from typing import Any

from infra.local.serve.steps import Application, mount


def ask(application: Application, path: str) -> tuple[str, str]:
    """The status and body that a GET is answered with."""
    statuses: list[str] = []
    environ: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": ""}
    body = b"".join(application(environ, lambda status, headers: statuses.append(status)))
    return statuses[0], body.decode()


def place(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A function that answers where it believes to be."""
    start_response("200 OK", [])
    return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode()]


STEPS = mount({"fetch": place, "hash": place})


def test_a_function_sees_its_name_as_the_root() -> None:
    assert ask(STEPS, "/fetch") == ("200 OK", "/fetch|/")
    assert ask(STEPS, "/fetch/") == ("200 OK", "/fetch|/")
    assert ask(STEPS, "/hash/a/b") == ("200 OK", "/hash|/a/b")


def test_the_start_of_a_name_is_not_the_name() -> None:
    assert ask(STEPS, "/fetcher")[0] == "404 Not Found"
    assert ask(STEPS, "/")[0] == "404 Not Found"


def test_health_is_answered_for_all() -> None:
    assert ask(STEPS, "/_health") == ("200 OK", "ok")
