"""What routes ask for: the interface's classes, each made for the one who asks."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict

from common.auth.tokens import Principal
from common.interface.desk import Desk
from common.services import Services

D = TypeVar("D", bound=Desk)

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""The number of a row, in a path."""


class Body(BaseModel):
    """The body of a request: what it does not know is refused, so that a misspelt field is noticed."""

    model_config = ConfigDict(extra="forbid")


def served_by(kind: type[D]) -> Callable[[Request], D]:
    """A dependency: an object of the interface for the principal of the request."""

    def make(request: Request) -> D:
        return kind(services_of(request), principal_of(request))

    return make


def services_of(request: Request) -> Services:
    """The services of the process."""
    services: Services = request.app.state.services
    return services


def principal_of(request: Request) -> Principal:
    """Who makes the request, as the gate has found out."""
    principal: Principal = request.state.principal
    return principal
