"""One call of the JSON API that carries documents only: alone in a request, or one of many in a batch."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import errors
from .preconditions import Preconditions
from .records import Address


@dataclass(frozen=True)
class Call:
    """What is asked.

    path: behind `/storage/v1/`, still percent-encoded. resource: the request's JSON document.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    resource: Mapping[str, Any]
    base_url: str

    @property
    def preconditions(self) -> Preconditions:
        """What must hold for the live version."""
        return Preconditions.of_request(self.query, self.headers)

    def address(self, bucket: str, name: str) -> Address:
        """The object, in the generation the query names."""
        return Address(bucket, name, generation_of(self.query.get("generation")))


@dataclass(frozen=True)
class Reply:
    """What is answered: a document, or nothing with 204."""

    status: int = 200
    document: dict[str, Any] | None = None


Handler = Callable[[Call, dict[str, str]], Reply]


class Route:
    """A method and a path, with what serves it.

    template: a regular expression in which `{name}` stands for one segment, e.g. `b/{bucket}/o/{object}`.
    """

    def __init__(self, method: str, template: str, operation: str, handler: Handler) -> None:
        self.method = method
        self.operation = operation
        self.handler = handler
        self._pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))

    def match(self, path: str) -> dict[str, str] | None:
        """The decoded names in a path of this shape; None for another."""
        match = self._pattern.fullmatch(path)
        return {name: unquote(value) for name, value in match.groupdict().items()} if match else None


def find_route(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """What serves a call; raises 404 for an unknown path, 405 for an unknown method of a known one."""
    known = False
    for route in routes:
        names = route.match(path)
        if names is not None and route.method == method:
            return route, names
        known = known or names is not None
    raise errors.method_not_allowed() if known else errors.path_missing()


def generation_of(text: str | None) -> int | None:
    """The number in a `generation` parameter; raises 400 for anything else."""
    if not text:
        return None
    if not text.isdecimal():
        raise errors.invalid(f"Invalid value '{text}': a generation is a decimal number.")
    return int(text)
