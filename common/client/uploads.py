"""Files on their way to storage, and designs as the API shows them."""

import hashlib
import mimetypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.client.wire import Document, Wire, given, object_of, opened_file, part
from common.errors import NotFound, Refuse, Unavailable, Usage

Told = Callable[[int, int], None]
"""Told how many bytes of how many have been looked through or sent."""

_AT_ONCE = 200  # files announced in one request
_PIECE = 1 << 20
_SECONDS = (5.0, 300.0)


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

        Answers {session_id, run_id, stored, missing, sent, known, problems}.

        choices: {"shop", "product_template", "mockup", …}, for all of them. reference: only index them. run: start the run;
        else the next one takes them up. Raises Usage for a file that cannot be read, Unavailable when storage does not answer.
        """
        if not files:
            raise Usage("Name at least one file.", reason="no_files")
        sizes = [_size(file) for file in files]
        counted, session, known, problems = _Counted(sum(sizes), told), None, 0, []
        for start in range(0, len(files), _AT_ONCE):
            some = list(zip(files[start : start + _AT_ONCE], sizes[start : start + _AT_ONCE], strict=True))
            started = self._announce(some, choices, reference, session)
            session = started["session_id"]
            for (file, size), answer in zip(some, started["files"], strict=True):
                known += bool(answer["known"])
                if answer["problem"]:
                    problems.append({"file": str(file), "problem": answer["problem"]})
                if answer["send"]:
                    self._send(file, answer["send"])
                counted.add(size)
        ended = self.finish_upload(str(session), run=run)
        sent = len(files) - known - len(problems)
        return {**ended, "sent": sent, "known": known, "problems": problems}

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

    def _announce(
        self,
        some: Sequence[tuple[Path, int]],
        choices: Mapping[str, Any] | None,
        reference: bool,
        session: str | None,
    ) -> Document:
        files = [
            {"filename": file.name, "size": size, "media_type": _media_type(file), "sha256": _sha256(file)}
            for file, size in some
        ]
        body = {"files": files, "choices": dict(choices or {}), "reference": reference, "session_id": session}
        return object_of(self._call("POST", "/designs/start-upload", given(body), seconds=_SECONDS[1]))

    def _send(self, file: Path, wanted: Mapping[str, Any]) -> None:
        """One file to where it was told to go. Our token is not sent along: the address is not ours."""
        import requests

        with opened_file(file) as stream:
            try:
                answer = requests.request(
                    wanted["method"], wanted["url"], headers=wanted["headers"], data=stream, timeout=_SECONDS
                )
            except requests.RequestException as error:
                raise Unavailable(
                    f"{file} could not be sent to storage ({type(error).__name__}); load it again, what is there is known."
                ) from None
        if answer.status_code >= 400:
            raise _refused(file, answer.status_code)


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


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.", reason="unreadable_file") from error


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with opened_file(file) as stream:
        for piece in _pieces(stream):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(stream: Any) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _media_type(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _refused(file: Path, status: int) -> Exception:
    if status == 429 or status >= 500:
        return Unavailable(f"Storage answered {status} for {file}; load it again, what is there is known.")
    return Refuse(
        f"Storage refused {file} with {status}: it changed while it was sent, or the address has expired. Load it again.",
        reason="upload_refused",
    )
