"""The services of the real stack, declared."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from common.auth.tokens import new_token
from common.environment import Environment
from infra.local.ports import HOST, Ports
from infra.local.postgres import Postgres
from infra.local.stack.plan import Plan
from infra.local.stack.queues import STEPS, jobs, queues
from infra.local.stack.service import Layer, Service, answers
from infra.local.stack.state import State, write_json, write_private
from infra.local.stack.variables import BUCKET, DATASET, LOCATION, PROJECT, SERVICE_ACCOUNT, http, variables
from infra.local.stack.vendors import VENDORS, Vendor, real_vendors

_SOURCE = Path(__file__).parents[3] / "main.py"
POSTGRES_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",  # no replica, no backup: a load into a new table need not be logged
    "max_wal_senders": "0",
    "log_min_duration_statement": "1000",
    "log_line_prefix": "%m [%p] %d ",
}
"""Of the stack's server: every acknowledged commit outlives a failure of the machine."""


def plan(state: State, ports: Ports) -> Plan:
    """Everything that runs on one machine, with the files that it needs."""
    stand_ins = {vendor.name: http(ports, vendor.name) for vendor in VENDORS}
    real = real_vendors(Environment(), stand_ins)
    addresses = {vendor.variable: real.get(vendor.name, stand_ins[vendor.name]) for vendor in VENDORS}
    postgres = Postgres(state.of("postgres"), ports("postgres"), POSTGRES_SETTINGS)
    environment = variables(state, ports, postgres, addresses)
    played = [vendor for vendor in VENDORS if vendor.name not in real]
    _write_files(state, environment, played)
    return Plan(
        services=[
            _postgres(postgres, environment),
            *_emulators(state, ports),
            *(_stand_in(vendor, state, ports) for vendor in played),
            *_functions(ports, environment),
        ],
        variables=environment,
        urls={
            "api": http(ports, "api"),
            "functions": http(ports, "functions"),
            "database": postgres.tcp_url(),
        },
        real_vendors=real,
        database_socket=postgres.socket,
    )


def _write_files(state: State, environment: Mapping[str, str], played: list[Vendor]) -> None:
    for folder in (state.runtime, state.keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_json(state.queues, queues())
    write_json(
        state.jobs, jobs(environment["SHELFLINE_FUNCTIONS_URL"], SERVICE_ACCOUNT, Environment().daily_runs)
    )
    write_private(state.api_token, new_token()[0] + "\n")
    for vendor in played:
        write_private(state.secrets / f"{vendor.name}.json", vendor.credentials_json())


def _postgres(postgres: Postgres, environment: Mapping[str, str]) -> Service:
    async def ready(pid: int) -> bool:
        return postgres.is_ready(pid)

    return Service(
        name="postgres",
        layer=Layer.STORES,
        command=postgres.command(),
        prepare=postgres.prepare,
        ready=ready,
        provision=_python(
            "infra.local.stack.schema",
            *("--url", environment["SHELFLINE_DATABASE_URL"]),
            *("--token-file", environment["SHELFLINE_API_TOKEN_FILE"]),
        ),
        url=postgres.tcp_url(),
        stop_signal=signal.SIGINT,
        process_options=postgres.process_options(),
    )


def _emulators(state: State, ports: Ports) -> list[Service]:
    place = ("--project", PROJECT)
    return [
        _emulator(
            "tasks", state, ports,
            "--grpc-port", str(ports("tasks-grpc")), "--keys", str(state.keys), "--queues", str(state.queues),
            *place, "--location", LOCATION,
        ),
        _emulator("storage", state, ports, "--bucket", BUCKET),
        _emulator(
            "bigquery", state, ports, *place, "--dataset", DATASET, "--storage-url", http(ports, "storage")
        ),
        _emulator("metadata", state, ports, *place, "--keys", str(state.keys), "--service-account", SERVICE_ACCOUNT),
        _emulator("scheduler", state, ports, "--keys", str(state.keys), "--jobs", str(state.jobs)),
    ]  # fmt: skip


def _emulator(name: str, state: State, ports: Ports, *arguments: str) -> Service:
    return _server(name, f"infra.local.emulators.{name}", state, ports, *arguments)


def _stand_in(vendor: Vendor, state: State, ports: Ports) -> Service:
    return _server(vendor.name, f"infra.local.vendors.{vendor.name}", state, ports, *vendor.arguments)


def _server(name: str, module: str, state: State, ports: Ports, *arguments: str) -> Service:
    """A server of ours that takes the usual options and answers /_health."""
    port, folder = ports(name), state.of(name)
    usual = ("--host", HOST, "--port", str(port), "--state", str(folder), "--clock", str(state.clock))
    return Service(
        name=name,
        command=_python(module, *usual, *arguments),
        prepare=lambda: folder.mkdir(parents=True, exist_ok=True),
        ready=answers(f"http://{HOST}:{port}/_health"),
        url=f"http://{HOST}:{port}",
    )


def _functions(ports: Ports, environment: Mapping[str, str]) -> list[Service]:
    """The steps in one server, and the API on its own, the way a single function is served anywhere."""
    api = ["--target", "api", "--source", str(_SOURCE), "--host", HOST, "--port", str(ports("api"))]
    steps = ["--port", str(ports("functions")), "--source", str(_SOURCE), "--steps", ",".join(STEPS)]
    return [
        Service(
            name="functions",
            layer=Layer.FUNCTIONS,
            command=_python("infra.local.serve", *steps),
            ready=answers(f"{http(ports, 'functions')}/_health"),
            environment=environment,
            url=http(ports, "functions"),
        ),
        Service(
            name="api",
            layer=Layer.FUNCTIONS,
            command=[str(Path(sys.executable).with_name("functions-framework")), *api],
            ready=answers(f"{http(ports, 'api')}/_health", below=500),  # "not found" is an answer too
            environment=environment,
            url=http(ports, "api"),
        ),
    ]


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
