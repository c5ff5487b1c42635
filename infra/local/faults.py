"""One way to make any emulator or vendor stand-in fail on purpose, and to prove that it did.

A fault names the operation it breaks, what happens, and how often. Each time it strikes it is consumed, so a
test can assert that the fault it planted was met by the real client code.

    POST   /_faults   {"operation": "tasks.create", "kind": "status", "times": 2, "parameters": {"status":
    503}} GET    /_faults   every fault with how often it has struck DELETE /_faults   forget them all
"""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class Fault:
    """One planted failure.

    operation: what it breaks, as the emulator names it, e.g. "bigquery.insertJob"; "*" breaks any.
    kind: what happens; each emulator documents its kinds, every one knows "status" (answer with an HTTP
        status), "delay" (seconds before it goes on as usual) and "drop" (do the work, then cut the
        connection).
    times: how often it strikes before it is used up.
    match: attributes of the call that must be equal for it to strike, e.g. {"part_number": "LM358"}.
    """

    operation: str
    kind: str
    times: int = 1
    match: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    struck: int = 0

    def strikes(self, operation: str, attributes: Mapping[str, Any]) -> bool:
        """Whether this fault applies to a call now."""
        if self.struck >= self.times or self.operation not in ("*", operation):
            return False
        return all(attributes.get(name) == value for name, value in self.match.items())

    def as_json(self) -> dict[str, Any]:
        """The fault as the HTTP interface shows it."""
        return {**self.__dict__, "match": dict(self.match), "parameters": dict(self.parameters)}


class FaultBook:
    """The faults planted in one emulator; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def plant(self, fault: Fault) -> Fault:
        """Add a fault; the first planted that fits a call strikes first."""
        with self._lock:
            fault.id = next(self._ids)
            self._faults.append(fault)
        return fault

    def take(self, operation: str, **attributes: Any) -> Fault | None:
        """Consume and return the fault that strikes this call, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.strikes(operation, attributes):
                    fault.struck += 1
                    return fault
        return None

    def all(self) -> list[Fault]:
        """Every fault, used up or not."""
        with self._lock:
            return list(self._faults)

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._faults.clear()

    def routes(self) -> list[Route]:
        """The HTTP interface, for the emulator to add to its own routes."""
        return [Route("/_faults", self._serve, methods=["GET", "POST", "DELETE"])]

    async def _serve(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.clear()
            return Response(status_code=204)
        if request.method == "POST":
            fault = self.plant(Fault(**await request.json()))
            return JSONResponse(fault.as_json(), status_code=201)
        return JSONResponse([fault.as_json() for fault in self.all()])
