"""The designs flow with a bucket in memory: upload, run, look."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PIL import Image

from common.auth.tokens import Principal, Role
from common.environment import Environment
from common.interface.changes import Changes
from common.interface.uploads import NewFile, Uploads, UploadStarted
from common.uploads.choices import Choices
from infra.local.samples.artwork import artwork
from tests.fakes.object_store import FakeObjectStore
from tests.support.harness import Pipeline

SELLER = Principal("default", "seller", Role.ADMIN)
FAR = 40 * 60.0
"""Seconds of business time that a test waits for what waits."""


def png(number: int, *, side: int = 240, level: int = 1) -> bytes:
    """A design as a PNG file. level: of compression, which changes the bytes and not the picture."""
    content = io.BytesIO()
    artwork(number, side).save(content, "PNG", compress_level=level)
    return content.getvalue()


def resized(number: int, factor: float = 0.7, *, side: int = 240) -> bytes:
    """The same design as somebody has scaled it down."""
    image = artwork(number, side)
    content = io.BytesIO()
    size = (round(image.width * factor), round(image.height * factor))
    image.resize(size, Image.Resampling.LANCZOS).save(content, "PNG")
    return content.getvalue()


class DesignsPipeline(Pipeline):
    """The flow on a database of its own."""

    def __init__(self, database_url: str, environment: Environment | None = None) -> None:
        super().__init__(database_url)
        if environment is not None:
            self.services.environment = environment
        self.bucket = FakeObjectStore(reader_piece=1 << 20)
        self.services.objects = self.bucket  # type: ignore[misc]  # a port with a fake behind it

    @property
    def uploads(self) -> Uploads:
        """As the seller."""
        return Uploads(self.services, SELLER)

    def announce(
        self, files: Mapping[str, bytes], *, reference: bool = False, **choices: Any
    ) -> UploadStarted:
        """Announce files as a client does that does not say what they hold."""
        new = [
            NewFile(filename=name, size=len(content), media_type="image/png")
            for name, content in files.items()
        ]
        return self.uploads.start(new, choices=Choices.parse(choices), reference=reference, sign=False)

    def upload(
        self, files: Mapping[str, bytes], *, reference: bool = False, run: bool = False, **choices: Any
    ) -> UUID:
        """Upload files through the API, and end the upload; its id."""
        started = self.announce(files, reference=reference, **choices)
        for told, content in zip(started.files, files.values(), strict=True):
            self.uploads.receive(started.session_id, told.number, io.BytesIO(content))
        self.uploads.finish(started.session_id, run=run)
        return started.session_id

    def process(
        self, files: Mapping[str, bytes], *, settings: Mapping[str, Any] | None = None, **choices: Any
    ) -> str:
        """Upload files, and run the flow on them to its rest; the run."""
        self.upload(files, **choices)
        return self.run_all(settings)

    def run_all(self, settings: Mapping[str, Any] | None = None) -> str:
        """Run the flow on whatever was uploaded; the run."""
        run = self.start("designs", settings)
        self.drive(patience=FAR)
        return run

    def outcomes(self, run: str) -> dict[str, str]:
        """File name → how its item ended, or what it waits for."""
        rows = self.sql("select data->>'filename', key, reason from items where run_id = %s order by id", run)
        names = {
            f"{row[0]}/{row[1]}": row[2]
            for row in self.sql("select session_id::text, number, filename from upload_files")
        }
        return {row[0] or names[row[1]]: row[2] for row in rows}

    def designs(self) -> list[Any]:
        """The designs that stay, in the order of their uploads."""
        return self.sql("select * from designs where trial = '' order by file_id")

    def changes(self, run: str) -> Sequence[Any]:
        """The pending changes of a run."""
        return Changes(self.services, SELLER).find(run_id=run, state="pending")

    def review(self, run: str, *, approve: bool) -> None:
        """Say of everything that waits in a run that it is another design, or the same; then go on."""
        desk = Changes(self.services, SELLER)
        (desk.approve if approve else desk.reject)(run_id=run)
        self.drive(patience=FAR)

    def now(self) -> datetime:
        """Business time."""
        return self.services.clock.now()
