"""The bytes of objects, one file each.

A file gets a fresh random name and becomes visible only when a committed row names it, so no rename is
needed: whatever no row names is left over from a crash, and is removed at the next start.
"""

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

from .checksums import Digests


class ContentFiles:
    """The folder that holds them, spread over 256 subfolders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for number in range(256):
            (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)

    def path(self, file: str) -> Path:
        """Where a content file is."""
        return self._folder / file[:2] / file

    def new_name(self) -> str:
        """A name no file has had."""
        return uuid.uuid4().hex

    def writer(self) -> "ContentWriter":
        """A writer for a new file."""
        return ContentWriter(self, self.new_name())

    def open(self, file: str) -> BinaryIO:
        """A content file to read; it stays readable when it is removed meanwhile."""
        return self.path(file).open("rb", buffering=0)

    def duplicate(self, file: str) -> str:
        """The name of a second file with the same bytes: a hard link, since content files never change."""
        name = self.new_name()
        try:
            os.link(self.path(file), self.path(name))
        except OSError:  # a file system without links
            shutil.copyfile(self.path(file), self.path(name))
        return name

    def remove(self, file: str) -> None:
        """Remove a file that no row names any more.

        One that is open elsewhere on Windows waits for the next start.
        """
        with contextlib.suppress(FileNotFoundError, PermissionError):
            self.path(file).unlink()

    def remove_all_but(self, kept: set[str]) -> int:
        """Remove what a crash left over; the number of files removed."""
        orphans = [path for path in self._folder.glob("*/*") if path.name not in kept]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


class ContentWriter:
    """Writes one new content file and hashes what it writes; to be used by one thread at a time."""

    def __init__(self, files: ContentFiles, file: str) -> None:
        self._files = files
        self._stream: BinaryIO | None = None
        self.file = file
        self.digests = Digests()

    def write(self, data: bytes) -> None:
        """Append these bytes."""
        if self._stream is None:
            self._stream = self._files.path(self.file).open("xb", buffering=0)
        view = memoryview(data)
        while view:
            view = view[self._stream.write(view) :]
        self.digests.update(data)

    def seal(self) -> None:
        """Put the bytes safely on disk: from now on a row may name the file."""
        self.write(b"")  # an empty object has a file, too
        stream, self._stream = self._stream, None
        assert stream is not None
        with stream:
            os.fsync(stream.fileno())

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._files.remove(self.file)
