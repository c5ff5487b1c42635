"""The parts of the emulator put together: started and stopped as one."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from infra.local.clock import SharedClock
from infra.local.emulators.tasks import remote_procedures, rest, seeds
from infra.local.emulators.tasks.dispatcher import Dispatcher
from infra.local.emulators.tasks.journal import Journal
from infra.local.emulators.tasks.registry import Registry
from infra.local.emulators.tasks.service import Service, methods
from infra.local.faults import FaultBook
from infra.local.keys import Signer

_GRACE = 1.0  # seconds that calls under way have when it stops


@dataclass(frozen=True)
class Options:
    """What the emulator is started with.

    grpc_address: host:port. location: projects/P/locations/L, where `queues` (a file, see seeds) are created.
    """

    grpc_address: str
    state: Path
    keys: Path
    clock: Path
    location: str
    queues: Path | None = None


def application(options: Options) -> Starlette:
    """The REST application; while it lives, the gRPC server and the dispatcher live too."""
    faults = FaultBook()
    signer = Signer.load_or_create(options.keys)
    registry = Registry(Journal(options.state / "tasks.sqlite"), SharedClock(options.clock))
    dispatcher = Dispatcher(registry, signer, faults)
    service = Service(registry, dispatcher, faults)
    table = methods(service)
    for wanted in seeds.read(options.queues) if options.queues else []:
        seeds.create_or_update(wanted, options.location, service.update_queue)

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        server = remote_procedures.serve(table, options.grpc_address)
        dispatcher.start()
        try:
            yield
        finally:
            server.stop(_GRACE).wait()
            dispatcher.stop()
            registry.close()

    return Starlette(routes=rest.routes(table, registry, signer, faults), lifespan=lifespan)
