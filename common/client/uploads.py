"""Files on their way to storage, and designs as the API shows them."""

import hashlib
import mimetypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.client.sending import UNREADABLE, Sender
from common.client.wire import Document, Wire, given, object_of, part
from common.errors import NotFound, Usage

Told = Callable[[int, int], None]
"""Told how many bytes of how many have been looked through or sent."""

_AT_ONCE = 200  # files announced in one request
_BYTES_AT_ONCE = 1 << 30  # of those: sent before their addresses expire, even over a slow line
_PIECE = 1 << 20
_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Described:
    """A file, and what is said of it before it is sent."""

    file: Path
    document: Mapping[str, Any]


class Uploads(Wire):
    """Uploads and designs."""

    def upload(
        self,
        files: Sequence[Path],
        *,
        choices: Mapping[str, Any] | None = None,
        reference: bool = False,
        run: bool = True,
        told: Told = lambda done, total: None,
    ) -> Document:
        """Send files that are not known yet straight to storage, and begin with them.

        Answers {session_id, run_id, stored, missing, sent, known, problems: [{file, problem}]}. A file that cannot be read or
        sent stops no other: it is one of the problems, and the run tells of each that was announced.

        choices: {"shop", "product_template", "mockup", …}, for all of them. reference: only index them. run: start the run;
        else the next one takes them up. Raises Usage when none of the files can be read.
        """
        if not files:
            raise Usage("Name at least one file.", reason="no_files")
        said = {"choices": dict(choices or {}), "reference": reference}
        sizes = {file: _size(file) for file in files}
        counted, problems = _Counted(sum(size or 0 for size in sizes.values()), told), []
        session, known = None, 0
        with Sender() as sender:
            for batch in _batches(files, sizes):
                described, unreadable = _described(batch)
                problems += [_problem(file, UNREADABLE) for file in unreadable]
                if not described:
                    continue
                started = self._announce(described, {**said, "session_id": session})
                session = started["session_id"]
                for each, answer in zip(described, started["files"], strict=True):
                    known += bool(answer["known"])
                    if problem := _sent(sender, each, answer):
                        problems.append(_problem(each.file, problem))
                    counted.add(sizes[each.file] or 0)
        if session is None:
            raise Usage(f"{files[0]} cannot be read, and no other file was named.", reason="unreadable_file")
        ended = self.finish_upload(str(session), run=run)
        return {**ended, "sent": len(files) - known - len(problems), "known": known, "problems": problems}

    def finish_upload(self, session_id: str, *, run: bool = True) -> Document:
        """Say that all files of an upload were sent: {session_id, run_id, stored, missing}."""
        return self._post(f"/designs/finish-upload/{part(session_id)}", {"run": run})

    def upload_progress(self, session_id: str) -> Document:
        """How far an upload is now: {step, message, progress_percent, remaining_time, ...}."""
        return self._get(f"/designs/progress/{part(session_id)}/now")

    def designs(
        self, *, shop: str | None = None, state: str | None = None, skip: int = 0, limit: int = 100
    ) -> Document:
        """The designs, the newest first: {"designs": [...], "total"}."""
        return self._get("/designs/list", shop=shop, state=state, skip=skip, limit=limit)

    def design(self, design_id: str) -> Document:
        """One design."""
        return self._get(f"/designs/by-id/{part(design_id)}")

    def duplicates(self, *, undecided: bool = False, limit: int = 100) -> Document:
        """Designs that look alike, pair by pair: {"pairs": [...]}."""
        query = {"undecided": "true" if undecided else None, "limit": limit}
        return {"pairs": self._call("GET", "/designs/duplicates", query=given(query))}

    def _announce(self, files: Sequence[_Described], said: Mapping[str, Any]) -> Document:
        body = {"files": [each.document for each in files], **said}
        return object_of(self._call("POST", "/designs/start-upload", given(body), seconds=_SECONDS))


class _Counted:
    def __init__(self, total: int, told: Told) -> None:
        self._done, self._total, self._told = 0, total, told

    def add(self, size: int) -> None:
        self._done += size
        self._told(self._done, self._total)


def files_in(place: Path) -> list[Path]:
    """A file, or the files of a folder and of those in it, by name; hidden ones are left out. Raises NotFound, Usage."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise NotFound(f"There is no file or folder {place}.", reason="no_folder")
    found = sorted(path for path in place.rglob("*") if path.is_file())
    shown = [
        path for path in found if not any(part.startswith(".") for part in path.relative_to(place).parts)
    ]
    if not shown:
        raise Usage(f"There is no file in {place}.", reason="no_files")
    return shown


def _batches(files: Sequence[Path], sizes: Mapping[Path, int | None]) -> Iterator[list[Path]]:
    """The files in their order, so many at once as may be announced in one request and sent within an hour."""
    batch: list[Path] = []
    taken = 0
    for file in files:
        size = sizes[file] or 0
        if batch and (len(batch) == _AT_ONCE or taken + size > _BYTES_AT_ONCE):
            yield batch
            batch, taken = [], 0
        batch.append(file)
        taken += size
    yield batch


def _described(files: Sequence[Path]) -> tuple[list[_Described], list[Path]]:
    """What is said of the files that can be read; and those that cannot."""
    found: list[_Described] = []
    unreadable: list[Path] = []
    for file in files:
        try:
            digest, size = _read_through(file)
        except OSError:
            unreadable.append(file)
            continue
        document = {"filename": _name(file), "size": size, "media_type": _media_type(file), "sha256": digest}
        found.append(_Described(file, document))
    return found, unreadable


def _sent(sender: Sender, each: _Described, answer: Mapping[str, Any]) -> str | None:
    """Send a file that the API asks for; why it is not there afterwards."""
    problem: str | None = answer["problem"]
    return sender.send(each.file, answer["send"]) if answer["send"] else problem


def _problem(file: Path, problem: str) -> dict[str, str]:
    return {"file": str(file), "problem": problem}


def _name(file: Path) -> str:
    """The name as text: on Linux it may be any bytes."""
    return file.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _read_through(file: Path) -> tuple[str, int]:
    """SHA-256 and size of what a file holds. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _media_type(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
