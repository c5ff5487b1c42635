"""Designs: uploads, their progress, and what became of them."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from common.errors import Usage
from common.interface.designs import DesignPage, Designs, DesignView, Gallery, LikenessView, MadeFile
from common.interface.events import Events, Place
from common.interface.upload_progress import UploadProgress, UploadProgresses
from common.interface.uploads import (
    ANY_TYPE,
    LONGEST_NAME,
    MEDIA_TYPE,
    NewFile,
    UploadEnded,
    Uploads,
    UploadStarted,
)
from common.uploads.choices import Choices
from functions.api.feed import Feed
from functions.api.serving import served_by

router = APIRouter(prefix="/designs", tags=["designs"])
TheUploads = Annotated[Uploads, Depends(served_by(Uploads))]
TheDesigns = Annotated[Designs, Depends(served_by(Designs))]
TheProgress = Annotated[UploadProgresses, Depends(served_by(UploadProgresses))]
TheEvents = Annotated[Events, Depends(served_by(Events))]

_SSE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_RENAMED = {
    "product_template_id": "product_template",
    "mockup_id": "mockup",
    "canvas_config_id": "canvas_config",
}
_RENAMED |= {"size_config_id": "size_config"}
_TAKEN_FROM_ELSEWHERE = frozenset({"platform", "is_active", "starting_name", "file_formats"})
"""Fields of `design_data` that the shop file says, or that every upload has."""


class StartUpload(BaseModel):
    """session_id: add files to an upload that is open. reference: only index them, list nothing."""

    model_config = ConfigDict(extra="forbid")

    files: list[NewFile]
    choices: dict[str, Any] = {}
    reference: bool = False
    session_id: UUID | None = None


class EndUpload(BaseModel):
    """run: start the run; else the next run of the flow takes the files up."""

    model_config = ConfigDict(extra="forbid")

    run: bool = True


class Uploaded(BaseModel):
    """designs: the files as they were taken; look at the run, or at the progress of the session, for what became of them."""

    session_id: UUID
    run_id: str | None
    designs: list[dict[str, Any]]
    total: int


class DesignChange(BaseModel):
    """None leaves a field as it is."""

    model_config = ConfigDict(extra="forbid")

    description: str | None = Field(default=None, max_length=100_000)
    tags: list[Annotated[str, Field(max_length=200)]] | None = Field(default=None, max_length=100)


@router.post("/start-upload", summary="Announce files; each gets an address to send it to (operator)")
def start(uploads: TheUploads, wanted: StartUpload) -> UploadStarted:
    """Send each file with the method, address and headers of its `send`, then say that this was all."""
    return uploads.start(
        wanted.files,
        choices=Choices.parse(wanted.choices),
        reference=wanted.reference,
        session_id=wanted.session_id,
    )


@router.post("/finish-upload/{session_id}", summary="All files were sent: begin with them (operator)")
def finish(uploads: TheUploads, session_id: UUID, wanted: EndUpload | None = None) -> UploadEnded:
    """What did not arrive is told in the run; said twice it changes nothing."""
    return uploads.finish(session_id, run=(wanted or EndUpload()).run)


@router.post("/", status_code=201, summary="Upload a few files in one request (operator)")
def upload(
    uploads: TheUploads,
    files: Annotated[list[UploadFile], File(description="Pictures: PNG, JPEG, WebP, GIF, TIFF or BMP.")],
    design_data: Annotated[
        str, Form(description="JSON: {product_template_id, mockup_id, …} by name.")
    ] = "{}",
    session_id: Annotated[UUID | None, Form(description="An upload that is open.")] = None,
) -> Uploaded:
    """For files of 100 MB together at most; more go by `start-upload`."""
    sizes = [each.size or 0 for each in files]
    uploads.check_request(sizes)
    announced = [_new_file(each, size) for each, size in zip(files, sizes, strict=True)]
    started = uploads.start(announced, choices=_choices(design_data), session_id=session_id, sign=False)
    for told, each in zip(started.files, files, strict=True):
        if told.problem is None:
            uploads.receive(started.session_id, told.number, each.file)
    ended = uploads.finish(started.session_id)
    shown = [told.model_dump(include={"number", "filename", "problem"}) for told in started.files]
    return Uploaded(session_id=started.session_id, run_id=ended.run_id, designs=shown, total=len(shown))


@router.get(
    "/progress/{session_id}", summary="How far an upload is, as it goes on", response_class=StreamingResponse
)
async def progress(
    progresses: TheProgress,
    events: TheEvents,
    request: Request,
    session_id: UUID,
    last_event_id: Annotated[str | None, Header()] = None,
    follow: bool = True,
) -> StreamingResponse:
    """Server-sent events named `progress`, at the beginning and whenever something was recorded; the last says how it ended."""
    place = Place.parse(last_event_id)
    await run_in_threadpool(progresses.look, session_id)
    feed: Feed = request.app.state.feed
    stream = feed.progress(events, lambda: progresses.look(session_id), place, live=follow)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_SSE)


@router.get("/progress/{session_id}/now", summary="How far an upload is now")
def progress_now(progresses: TheProgress, session_id: UUID) -> UploadProgress:
    """The same once, for those that ask instead of listening."""
    return progresses.look(session_id)


@router.get("/list", summary="The designs, the newest first")
def listing(
    designs: TheDesigns,
    shop: str | None = None,
    state: str | None = None,
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DesignPage:
    """Deleted ones are left out."""
    return designs.find(shop=shop, state=state, skip=skip, limit=limit)


@router.get("/search-by-tags", summary="The designs that have all of these tags")
def by_tags(
    designs: TheDesigns,
    tags: Annotated[list[str], Query(min_length=1)],
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DesignPage:
    """Tags as they were given."""
    return designs.find(tags=tags, skip=skip, limit=limit)


@router.get("/duplicates", summary="Designs that look alike, pair by pair")
def duplicates(
    designs: TheDesigns, undecided: bool = False, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[LikenessView]:
    """Approving or rejecting the change of a design that waits says what it is: see `/changes`."""
    return designs.likenesses(undecided=undecided, limit=limit)


@router.get("/gallery", summary="Pictures and mockups of the newest designs")
def gallery(designs: TheDesigns, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Gallery:
    """Each with an address that is good for a quarter of an hour."""
    return designs.gallery(limit=limit)


@router.get("/by-id/{design_id}", summary="One design")
def one(designs: TheDesigns, design_id: UUID) -> DesignView:
    """A deleted one too."""
    return designs.get(design_id)


@router.get("/by-id/{design_id}/files", summary="What was made of a design")
def files_of(designs: TheDesigns, design_id: UUID) -> list[MadeFile]:
    """The picture at position 0, mockups after it."""
    return designs.files(design_id)


@router.get("/by-id/{design_id}/original", summary="The uploaded picture", status_code=307)
def original(designs: TheDesigns, design_id: UUID) -> RedirectResponse:
    """Leads to where it lies."""
    return RedirectResponse(designs.original(design_id), headers={"Cache-Control": "no-store"})


@router.put("/update/{design_id}", summary="Describe a design (operator)")
def update(designs: TheDesigns, design_id: UUID, change: DesignChange) -> DesignView:
    """What is listed already is not touched."""
    return designs.change(design_id, description=change.description, tags=change.tags)


@router.delete(
    "/delete/{design_id}", status_code=204, summary="Take a design out of lists and searches (operator)"
)
def delete(designs: TheDesigns, design_id: UUID) -> Response:
    """It can be brought back."""
    designs.delete(design_id)
    return Response(status_code=204)


@router.post("/restore/{design_id}", summary="Bring a deleted design back (operator)")
def restore(designs: TheDesigns, design_id: UUID) -> DesignView:
    """As it was."""
    return designs.restore(design_id)


def _new_file(sent: UploadFile, size: int) -> NewFile:
    """What a part of a form says of its file; a browser may say anything, and only the name is shown."""
    given = sent.content_type or ""
    name = (sent.filename or "")[-LONGEST_NAME:]
    return NewFile(filename=name, size=size, media_type=given if MEDIA_TYPE.fullmatch(given) else ANY_TYPE)


def _choices(design_data: str) -> Choices:
    try:
        said = json.loads(design_data)
    except (ValueError, RecursionError) as error:
        raise Usage(f"design_data is not JSON: {error}.", reason="bad_design_data") from error
    if not isinstance(said, Mapping):
        raise Usage("design_data is a JSON object.", reason="bad_design_data")
    named = {
        _RENAMED.get(str(name), str(name)): value
        for name, value in said.items()
        if name not in _TAKEN_FROM_ELSEWHERE
    }
    return Choices.parse(named)
