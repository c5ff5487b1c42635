"""The HTTP API: a Cloud Run function that serves one whole application."""

from functools import cache

import functions_framework.aio
from starlette.requests import Request
from starlette.types import ASGIApp

from common.serving import services
from functions.api.application import create_application


@cache
def application() -> ASGIApp:
    """The application of this process, made at the first request."""
    return create_application(services())


@functions_framework.aio.http  # type: ignore[arg-type]  # whatever is answered is called as an application
async def api(request: Request) -> ASGIApp:
    """Serve one request: the framework calls the application that is answered here."""
    return application()
