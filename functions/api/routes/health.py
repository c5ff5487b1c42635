"""Whether the api can serve."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.api.serving import services_of

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """It answers, and so does Postgres; else the answer is 503. time: business time, ISO 8601."""

    status: str
    database: str
    time: str


@router.get("/health", summary="Whether the api can serve (no token)")
def health(request: Request) -> Health:
    """503 when Postgres cannot be reached."""
    now = services_of(request).clock.now()
    return Health(status="ok", database="ok", time=now.isoformat())
