"""A run's events, live."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from common.interface.events import Events, Place
from functions.api.feed import Feed
from functions.api.serving import served_by

router = APIRouter(tags=["runs"])
TheEvents = Annotated[Events, Depends(served_by(Events))]

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/runs/{run_id}/events", summary="A run's events as they happen", response_class=StreamingResponse
)
async def follow(
    events: TheEvents,
    request: Request,
    run_id: str,
    last_event_id: Annotated[str | None, Header()] = None,
    follow: bool = True,
) -> StreamingResponse:
    """Server-sent events from the first on, or after `Last-Event-ID`: none missed, none twice. `follow=false`: those so far."""
    place = Place.parse(last_event_id)
    await run_in_threadpool(events.check_run, run_id)
    feed: Feed = request.app.state.feed
    stream = feed.follow(events, run_id, place, live=follow)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)
