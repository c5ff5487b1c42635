"""Fingerprints of the pictures of a folder and of copies made of each: what a calibration looks at."""

import io
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import Usage
from functions.hash.designs.fingerprint import Fingerprint, Fingerprinter
from functions.hash.designs.flatness import FlatnessLimits, flatness_of
from functions.hash.designs.hashes import Hashes, hashes_of, points_of
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import ImageRefused
from functions.hash.designs.representation import representation_of
from functions.hash.designs.transforms import Transform, subject_of, transforms

if TYPE_CHECKING:
    from functions.hash.designs.transforms import Made

Progress = Callable[[int, int], None]
"""Told how many pictures of how many are done."""

SEED = 20_240_229
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture, and its copies by the name of their transform; None for a copy that is flat."""

    name: str
    fingerprint: Fingerprint
    copies: dict[str, Hashes | None]


@dataclass(frozen=True, slots=True)
class Library:
    """What was made of a folder."""

    entries: list[Entry]
    """Pictures that may be matched by their hashes, none an exact copy of another."""
    flat: list[str] = field(default_factory=list)
    exact_copies: list[tuple[str, str]] = field(default_factory=list)
    """A picture that was left out, and the one it is a copy of."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """A file, and the reason."""


def names_in(folder: Path) -> list[str]:
    """The files of a folder and of those in it, hidden ones left out, as paths from it. Raises Usage without any."""
    if not folder.is_dir():
        raise Usage(f"{folder} is no folder.", reason="no_folder")
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = [path.relative_to(folder) for path in files]
    shown = [name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)]
    if not shown:
        raise Usage(f"There is no file in {folder}.", reason="no_pictures")
    return shown


def sampled(names: Sequence[str], most: int) -> list[str]:
    """At most so many of them, always the same ones, in their order."""
    if len(names) <= most:
        return list(names)
    return sorted(random.Random(SEED).sample(list(names), most))  # noqa: S311  # a sample, not a secret


def library_of(folder: Path, names: Sequence[str], progress: Progress) -> Library:
    """The fingerprints of these pictures and of every copy of each."""
    maker = _Maker(folder)
    library = Library([])
    by_content: dict[str, str] = {}
    with ThreadPoolExecutor(_THREADS) as threads:
        for done, (name, made) in enumerate(zip(names, threads.map(maker, names), strict=True), 1):
            progress(done, len(names))
            if isinstance(made, str):
                library.refused.append((name, made))
            elif made.fingerprint.content_hash in by_content:
                library.exact_copies.append((name, by_content[made.fingerprint.content_hash]))
            elif made.fingerprint.is_flat:
                library.flat.append(name)
            else:
                by_content[made.fingerprint.content_hash] = name
                library.entries.append(made)
    return library


class _Maker:
    """Makes entries; a refused picture is its reason."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reader = Reader()
        self._flat = FlatnessLimits()
        self._fingerprint = Fingerprinter(self._reader, self._flat)
        self._transforms = transforms()

    def __call__(self, name: str) -> Entry | str:
        path = self._folder / name
        try:
            fingerprint = self._fingerprint(path)
            if fingerprint.is_flat:
                return Entry(name, fingerprint, {})
            return Entry(name, fingerprint, self._copies(path))
        except ImageRefused as refused:
            return refused.reason

    def _copies(self, path: Path) -> dict[str, Hashes | None]:
        with self._reader.open(path) as opened, self._reader.decoded(opened) as picture:
            subject = subject_of(picture)
        return {each.name: self._hashes(each, each.make(subject)) for each in self._transforms}

    def _hashes(self, transform: Transform, made: "Made") -> Hashes | None:
        if isinstance(made, io.BytesIO):
            fingerprint = self._fingerprint(made, transform.name)
            return None if fingerprint.is_flat else fingerprint.hashes
        representation = representation_of(made)
        points = points_of(representation)
        return None if self._flat.is_flat(flatness_of(points)) else hashes_of(representation, points)
