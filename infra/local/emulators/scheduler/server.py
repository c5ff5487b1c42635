"""The stand-in's pages, and the runners that live while it serves."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.clock import SharedClock
from infra.local.emulators.scheduler.jobs import Job
from infra.local.emulators.scheduler.runner import JobRunner
from infra.local.emulators.tasks.courier import Courier
from infra.local.emulators.tasks.mishaps import Mishaps
from infra.local.faults import FaultBook
from infra.local.keys import Signer


def application(jobs: Sequence[Job], clock: SharedClock, signer: Signer) -> Starlette:
    """The stand-in for some jobs."""
    faults = FaultBook()
    courier = Courier()
    mishaps = Mishaps("scheduler.call", faults, courier)
    runners = {
        job.name: JobRunner(job, clock, signer, partial(mishaps.deliver, job=job.name)) for job in jobs
    }

    def show(_request: Request) -> Response:
        return JSONResponse([runner.as_json() for runner in runners.values()])

    def run(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in runners:
            known = ", ".join(runners) or "none"
            return JSONResponse({"error": f"there is no job {name!r}; there are: {known}"}, status_code=404)
        runners[name].force()
        return JSONResponse(runners[name].as_json())

    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        for runner in runners.values():
            runner.start()
        try:
            yield
        finally:
            mishaps.close()
            courier.close()
            for runner in runners.values():
                runner.stop()

    routes = [
        Route("/jobs", show),
        Route("/jobs/{name}:run", run, methods=["POST"]),
        Route("/_health", health),
        *faults.routes(),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
