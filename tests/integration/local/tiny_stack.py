"""Plans of a few tiny services, and a hand to drive a stack of them in tests."""

import functools
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests
from pg8000.native import Connection

from infra.local.ports import HOST, Ports
from infra.local.postgres import Postgres
from infra.local.stack import commands
from infra.local.stack.plan import Plan
from infra.local.stack.processes import Identity
from infra.local.stack.record import Record
from infra.local.stack.service import Layer, Service, answers
from infra.local.stack.state import State

_CLOCK = (
    "create table if not exists clock (seconds float8);"
    "create or replace function shelfline_set_clock_offset(p float8) returns void"
    " language sql begin atomic insert into clock values (p); end"
)


def two(state: State, ports: Ports) -> Plan:
    """A store, and a function on top of it."""
    services = [tiny("store", Layer.STORES, state, ports), tiny("function", Layer.FUNCTIONS, state, ports)]
    return Plan(services, variables={"SHELFLINE_LOCAL": "true"}, urls={"store": services[0].url})


def real(state: State, ports: Ports) -> Plan:
    """One service, and a vendor set to the real one."""
    return Plan(
        [tiny("store", Layer.STORES, state, ports)], real_vendors={"digikey": "https://api.digikey.com"}
    )


def with_postgres(state: State, ports: Ports) -> Plan:
    """Postgres with the clock's function, as a migration would make it."""
    postgres = Postgres(state.of("postgres"), ports("postgres"), {"fsync": "off"})

    async def ready(pid: int) -> bool:
        return postgres.is_ready(pid)

    service = Service(
        name="postgres",
        command=postgres.command(),
        prepare=postgres.prepare,
        ready=ready,
        provision=[sys.executable, "-c", _PROVISION, postgres.socket, _CLOCK],
        layer=Layer.STORES,
        url=postgres.url(),
        stop_signal=signal.SIGINT,
        process_options=postgres.process_options(),
    )
    return Plan([service], database_socket=postgres.socket)


_PROVISION = """
import sys
from pg8000.native import Connection
with Connection("postgres", database="postgres", unix_sock=sys.argv[1]) as connection:
    if not connection.run("select from pg_database where datname = 'shelfline'"):
        connection.run("create database shelfline")
with Connection("postgres", database="shelfline", unix_sock=sys.argv[1]) as connection:
    for statement in sys.argv[2].split(";", 1):
        connection.run(statement)
"""


def tiny(name: str, layer: Layer, state: State, ports: Ports) -> Service:
    """One tiny service, whose faults are files in its folder."""
    url = f"http://{HOST}:{ports(name)}"
    command = [sys.executable, "-m", "tests.integration.local.tiny_server", "--port", str(ports(name))]
    return Service(
        name=name,
        command=[*command, "--folder", str(state.of(name))],
        ready=answers(f"{url}/_health"),
        layer=layer,
        url=url,
        environment={"OWN": name},
    )


class Stack:
    """One stack under test."""

    def __init__(self, folder: Path, plan: str = "two") -> None:
        self.state = State.at(folder)
        self._plan = f"{__name__}:{plan}"

    def up(self, *, wait: bool = True) -> int:
        return commands.up(self.state, wait=wait, plan=self._plan)

    def down(self) -> int:
        return commands.down(self.state)

    @property
    def record(self) -> Record:
        return Record.read(self.state.record)

    def process(self, service: str) -> psutil.Process:
        """The process of a running service."""
        identity = self.record.services[service].process
        return process_of(identity)

    def supervisor(self) -> psutil.Process:
        return process_of(self.record.supervisor)

    def plant(self, service: str, fault: str) -> None:
        """Put a fault into a service's folder; see the tiny server."""
        folder = self.state.of(service)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / fault).touch()

    def get(self, service: str, path: str = "/_health") -> requests.Response:
        return requests.get(self.record.services[service].url + path, timeout=5)

    def control(self, path: str, body: object = None) -> requests.Response:
        """Ask the control server; with a body by POST."""
        call = functools.partial(requests.post, json=body) if body is not None else requests.get
        return call(self.record.urls["control"] + path, timeout=5)

    def in_postgres(self, statement: str) -> list[list[object]]:
        """Run a statement in the stack's database."""
        postgres = Postgres(self.state.of("postgres"), self.record.ports["postgres"])
        with Connection("postgres", database="shelfline", unix_sock=postgres.socket) as connection:
            return [list(row) for row in connection.run(statement) or ()]

    def offsets_in_postgres(self) -> list[float]:
        """Every offset that the clock was set to, in order."""
        return [float(str(row[0])) for row in self.in_postgres("select seconds from clock order by 1")]

    @contextmanager
    def without_clock_function(self) -> Iterator[None]:
        """The database as it was before any migration gave it a clock."""
        self.in_postgres("alter function shelfline_set_clock_offset rename to hidden")
        try:
            yield
        finally:
            self.in_postgres("alter function hidden rename to shelfline_set_clock_offset")


def process_of(identity: Identity | None) -> psutil.Process:
    """The living process of an identity."""
    process = identity.process() if identity else None
    assert process is not None
    return process


def until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something holds, and fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
