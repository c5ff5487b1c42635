"""Designs: a seller's artwork from uploads; what is new is rendered, stored, mocked up and listed as a draft at Etsy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from common.errors import Usage
from common.pipeline.flow import Barrier, Flow, Queue, Step
from common.settings.designs import DesignSettings
from common.settings.registry import register_flow

register_flow("designs", DesignSettings)

FLOW = Flow(
    name="designs",
    steps=[
        Step(
            name="fetch",
            adapter="functions.fetch.designs.source:DesignUploads",
            kind="source",
            width="lane_width",
            phases={"files": "functions.fetch.designs.files:UploadedFiles"},
        ),
        Step(
            name="hash",
            adapter="functions.hash.designs.step:HashDesigns",
            width="lane_width",
            record_every=10,
            chunk_size="upload_piece_files",
        ),
        # Nothing is decided before all of the upload is known: which of two copies goes on does not depend on who was faster.
        Step(
            name="decide",
            adapter="functions.decide.designs.step:DecideDesigns",
            width="lane_width",
            barriers={"": Barrier(number=1, merged=False)},
        ),
        Step(
            name="stage",
            adapter="functions.stage.designs.step:StageDesigns",
            width="lane_width",
            record_every=1,
            chunk_size=10,
        ),
        Step(
            name="push",
            adapter="functions.push.designs.step:PushDesigns",
            lane="{flow}/etsy",
            width="etsy_listings_at_once",
            record_every=1,
            queue="etsy",
            chunk_size=10,
        ),
    ],
    queues=[
        Queue(name="steps"),
        Queue(name="etsy", max_dispatches_per_second=20, max_concurrent_dispatches=20),
    ],
    targets=["etsy", "storage"],
    resume_step="stage",
    note_answers=True,
    options={
        "session": "only the files of this upload",
        "rollback_of": "delete the drafts that an earlier run has made",
    },
    run_check="common.flows.designs:check_options",
    report="functions.push.designs.report:report",
    known_as="common.uploads.known_as:keys_of",
    reviewed="functions.decide.designs.reviewed:remember",
    sweeper="common.uploads.abandoned:close_abandoned",
)


def check_options(options: Mapping[str, Any]) -> None:
    """Raise Usage when the options of a run do not go together or are out of range."""
    if len(options) > 1:
        raise Usage("session and rollback_of exclude each other; leave one out.", reason="bad_options")
    if "rollback_of" in options and not (
        isinstance(options["rollback_of"], str) and options["rollback_of"].strip()
    ):
        raise Usage(f"rollback_of is a run's id, not {options['rollback_of']!r}.", reason="bad_rollback_of")
    if "session" in options:
        _check_session(options["session"])


def _check_session(given: object) -> None:
    try:
        UUID(str(given))
    except ValueError:
        raise Usage(f"session is the id of an upload, not {given!r}.", reason="bad_session") from None
