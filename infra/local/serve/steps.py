"""One WSGI application of many functions: /fetch is the function `fetch`, and so on."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import functions_framework

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_LEFT_BY_THE_FRAMEWORK = ("FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE")


def load(steps: Iterable[str], source: Path) -> Application:
    """Load each step from `source` as functions-framework does for the target of that name."""
    return mount({step: load_step(step, source) for step in steps})


def load_step(step: str, source: Path) -> Application:
    """One function's application, leaving nothing behind that the next one would meet.

    The framework names every source file's module after the file, so each would replace the one before;
    here the module is kept under a name of its own.
    """
    with _undisturbed():
        application: Application = functions_framework.create_app(step, str(source), "http")
        sys.modules[f"function_{step}"] = sys.modules.pop(source.stem)
    return application


def mount(functions: Mapping[str, Application]) -> Application:
    """Serve each function under its name, and GET /_health for all of them."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        _, step, rest = _split(environ["PATH_INFO"])
        if step == "_health":
            return _answer(start_response, "200 OK", b"ok")
        if step not in functions:
            known = ", ".join(functions)
            return _answer(start_response, "404 Not Found", f"no function {step!r}; known: {known}".encode())
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{step}"
        environ["PATH_INFO"] = f"/{rest}"  # never empty: Flask would answer with a redirect to the slash
        return functions[step](environ, start_response)

    return application


def _split(path: str) -> tuple[str, str, str]:
    """A path "/step/rest" in its parts."""
    start, _, following = path.partition("/")
    step, _, rest = following.partition("/")
    return start, step, rest


def _answer(start_response: StartResponse, status: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Undo what loading a function does to the process: its search path and two environment variables."""
    path, variables = list(sys.path), {name: os.environ.get(name) for name in _LEFT_BY_THE_FRAMEWORK}
    try:
        yield
    finally:
        sys.path[:] = path
        for name, value in variables.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
