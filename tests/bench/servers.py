"""The servers a bench needs: Postgres as the local stack runs it, the Cloud Tasks emulator, the step functions."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil

from common.database.engine import Database
from common.database.migrate import migrate
from common.environment import Environment
from infra.local.ports import HOST, free_port
from infra.local.postgres import Postgres
from infra.local.stack.services import POSTGRES_SETTINGS
from tests.bench import noop_flow
from tests.support.processes import running


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server with the local stack's settings: every acknowledged commit is on the disk."""
    with Postgres(folder / "postgres", settings=POSTGRES_SETTINGS) as server:
        yield server


def migrated(server: Postgres, name: str) -> str:
    """The URL of a new database with our schema."""
    server.create_database(name)
    database = Database(Environment(database_url=server.url(name)))
    migrate(database.engine)
    database.close()
    return server.url(name)


@contextmanager
def full_path(folder: Path, database_url: str, *, workers: int) -> Iterator[Environment]:
    """Cloud Tasks and the functions as processes; what a caller needs to start runs there."""
    rest, grpc, functions = free_port(), free_port(), free_port()
    environment = Environment(
        database_url=database_url,
        database_pool=8,
        tasks_endpoint=f"{HOST}:{grpc}",
        functions_url=f"http://{HOST}:{functions}/{{step}}",
        oidc_certs_url=f"http://{HOST}:{rest}/certs",
        flows=f"{noop_flow.NAME}={noop_flow.REFERENCE}",
        log_level="WARNING",
    )
    with ExitStack() as stack:
        stack.enter_context(_tasks(folder, rest, grpc))
        stack.enter_context(_functions(folder, functions, environment, workers))
        yield environment


def _tasks(folder: Path, rest: int, grpc: int) -> AbstractContextManager[None]:
    queues = folder / "queues.json"
    queues.write_text(json.dumps([asdict(queue) for queue in noop_flow.FLOW.queues]))
    options = [
        "--port",
        str(rest),
        "--grpc-port",
        str(grpc),
        "--state",
        str(folder),
        "--keys",
        str(folder / "keys"),
    ]
    command = [
        "infra.local.emulators.tasks",
        *options,
        "--clock",
        str(folder / "clock.json"),
        "--queues",
        str(queues),
    ]
    return _process(command, rest, folder / "tasks.log", {})


def _functions(
    folder: Path, port: int, environment: Environment, workers: int
) -> AbstractContextManager[None]:
    steps = ",".join(["fetch", *noop_flow.ITEM_STEPS])
    command = [
        "infra.local.serve",
        "--port",
        str(port),
        "--steps",
        steps,
        "--workers",
        str(workers),
        "--threads",
        "8",
    ]
    return _process(command, port, folder / "functions.log", variables(environment))


def _process(command: list[str], port: int, log: Path, extra: dict[str, str]) -> AbstractContextManager[None]:
    return running(
        command, f"http://{HOST}:{port}/_health", log, {"XDG_RUNTIME_DIR": str(log.parent), **extra}
    )


def variables(environment: Environment) -> dict[str, str]:
    """An environment as the variables that make it."""
    given = environment.model_dump(exclude_unset=True)
    return {f"SHELFLINE_{name.upper()}": str(value) for name, value in given.items()}


def memory(module: str) -> tuple[float, ...]:
    """MiB that each process of a module holds: those forked by the one that we started."""
    started = [child for child in psutil.Process().children() if module in child.cmdline()]
    workers = [worker for parent in started for worker in parent.children()]
    return tuple(worker.memory_info().rss / 2**20 for worker in workers)
