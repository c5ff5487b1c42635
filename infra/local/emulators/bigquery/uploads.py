"""Uploaded data of load jobs: in one request (multipart) or in parts (resumable). It lies in files, and so
survives.
"""

import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.emulators.bigquery.errors import BigQueryError, invalid, not_found

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True)
class Progress:
    """How far a resumable upload is; `body` is the job to start once it is complete."""

    received: int
    complete: bool
    body: dict[str, Any]
    path: Path


def split_multipart(content_type: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """The two parts of a multipart/related request: the job, and its data byte for byte."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise invalid("Multipart request without a boundary")
    mark = b"--" + found[1].encode()
    pieces = data.split(mark, 2)
    if len(pieces) != 3:
        raise invalid("Multipart request without two parts")
    end = pieces[2].rfind(mark)
    if end < 0:
        raise invalid("Multipart request without its closing boundary")
    first, second = _content(pieces[1]), _content(pieces[2][:end])
    try:
        body = json.loads(first)
    except ValueError as problem:
        raise invalid(f"The first part is no JSON: {problem}") from problem
    return body, second


def _content(part: bytes) -> bytes:
    """What follows a part's headers, without the line end that belongs to the boundary."""
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


class Uploads:
    """The files of uploads in a folder: `<id>.json` is the job of a session, `<id>.data` its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, data: bytes) -> Path:
        """Put data into a file of its own."""
        path = self._folder / f"{uuid.uuid4().hex}.data"
        path.write_bytes(data)
        return path

    def begin(self, body: dict[str, Any]) -> str:
        """Open a resumable session; returns its id."""
        session = uuid.uuid4().hex
        (self._folder / f"{session}.json").write_text(json.dumps(body))
        (self._folder / f"{session}.data").touch()
        return session

    def receive(self, session: str, content_range: str | None, data: bytes) -> Progress:
        """Take the next bytes of a session, or just tell how far it is. Bytes that are there are skipped."""
        head = self._folder / f"{session}.json"
        if not re.fullmatch(r"[0-9a-f]{32}", session) or not head.exists():
            raise not_found(f"Upload session {session}")
        path = self._folder / f"{session}.data"
        have = path.stat().st_size
        first, total = _range(content_range, have, len(data))
        if first > have:
            raise BigQueryError(
                "backendError", f"The upload has a gap: {have} bytes are there, these begin at {first}"
            )
        fresh = data[have - first :]
        with path.open("ab") as file:
            file.write(fresh)
        have += len(fresh)
        return Progress(have, total is not None and have >= total, json.loads(head.read_text()), path)

    def finish(self, session: str) -> None:
        """Close a session whose job has been taken; its data stays until the job is done."""
        (self._folder / f"{session}.json").unlink(missing_ok=True)


def _range(text: str | None, have: int, size: int) -> tuple[int, int | None]:
    """Where the bytes of a request begin, and how many there are in all if that is known."""
    if text is None:
        return 0, size
    found = _RANGE.fullmatch(text)
    if found is None:
        raise invalid(f"Invalid Content-Range: {text}")
    first = have if found[1] is None else int(found[1])
    return first, None if found[3] == "*" else int(found[3])
