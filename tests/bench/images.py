"""Fingerprints of 1600 × 1200 JPEG files: ours, and what ImageHash and imagededup make of the same files."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.hash.designs.fingerprint import Fingerprinter
from functions.hash.designs.hashes import distance
from infra.local.samples.artwork import photograph
from tests.bench.measure import Measure
from tests.bench.peers_beside import PYTHON, need_peers

_DISTINCT = 25
_COPIES = 16  # imagededup hands its processes a hundred files at a time: four such portions
_QUALITY = 85
_WORKERS = os.cpu_count() or 1
_TIMES_IMAGEDEDUP = 6.0
_MOST_BITS_APART = 2
_WITHIN = 600.0  # seconds of one round of a peer on a busy machine
_OURS = "designs, fingerprints"
_OURS_MAKES = "pHash and dHash of 256 and of 64 bits, content hash, flatness, all limits checked"
_IMAGEHASH = "ImageHash, pHash and dHash"
_PHASH, _DHASH = "imagededup, pHash", "imagededup, dHash"
_BOTH = "imagededup, pHash and dHash"
_SCRIPTS = {
    _IMAGEHASH: ("imagehash_encode.py",),
    _PHASH: ("imagededup_encode.py",),
    _DHASH: ("imagededup_encode.py", "--dhash"),
}


def images(folder: Path, *, count: int) -> Iterator[Measure]:
    """Images a second of ours and of each peer; how many times as fast ours is; how far from ImageHash's own hashes.

    Each round is all of them, one after the other, so that each has its share of what else the machine does.
    """
    need_peers()
    files = _photographs(folder / "photographs")
    fingerprinter = Fingerprinter()
    fingerprinter(files[0])  # imports what it needs
    taken = [_round(fingerprinter, files) for _ in range(count)]
    rates = {name: tuple(each.rates[name] for each in taken) for name in taken[0].rates}
    for name, values in rates.items():
        yield Measure(name=name, values=values, unit="images/s", how=taken[0].how[name])
    yield _times("times imagededup, both hashes", rates, _BOTH, _TIMES_IMAGEDEDUP)
    yield _times("times imagededup, one hash of theirs, all of ours", rates, _PHASH, None)
    yield _times("times ImageHash", rates, _IMAGEHASH, None)
    yield _apart(taken[0])


@dataclass(frozen=True, slots=True)
class Round:
    """Every way once over all files."""

    rates: dict[str, float]
    """Images a second."""
    how: dict[str, str]
    ours: dict[str, int]
    """pHash of 256 bits by the name of the file."""
    imagehash: dict[str, int]


def _round(fingerprinter: Fingerprinter, files: list[Path]) -> Round:
    started = time.perf_counter()
    with ThreadPoolExecutor(_WORKERS) as threads:
        found = list(threads.map(fingerprinter, files))
    rates = {_OURS: len(files) / (time.perf_counter() - started)}
    how = {
        _OURS: f"{len(files)} JPEG files of 1600 × 1200, quality {_QUALITY}, {_WORKERS} threads; {_OURS_MAKES}"
    }
    answers = {name: _encoded(files[0].parent, script) for name, script in _SCRIPTS.items()}
    for name, answer in answers.items():
        rates[name] = answer["images"] / answer["seconds"]
        how[name] = f"the same files; {answer['how']}"
    rates[_BOTH] = 1 / (1 / rates[_PHASH] + 1 / rates[_DHASH])
    how[_BOTH] = "one after the other, each from the file, as it offers them"
    ours = {file.name: each.hashes.phash for file, each in zip(files, found, strict=True)}
    theirs = {name: int(phash, 16) for name, phash in answers[_IMAGEHASH]["hashes"].items()}
    return Round(rates, how, ours, theirs)


def _photographs(folder: Path) -> list[Path]:
    """The files: so many different ones, each several times, in the order of their names."""
    folder.mkdir()
    for number in range(_DISTINCT):
        first = folder / f"{number:03}-00.jpg"
        photograph(number).save(first, quality=_QUALITY)
        for copy in range(1, _COPIES):
            shutil.copyfile(first, folder / f"{number:03}-{copy:02}.jpg")
    return sorted(folder.iterdir())


def _encoded(folder: Path, script: tuple[str, ...]) -> dict[str, Any]:
    file = Path(__file__).parent / "peers" / script[0]
    command = [str(PYTHON), str(file), *script[1:], "--images", str(folder), "--workers", str(_WORKERS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(script)} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if answer["images"] != _DISTINCT * _COPIES:
        raise RuntimeError(f"{' '.join(script)} hashed {answer['images']} files, not {_DISTINCT * _COPIES}")
    return answer


def _times(name: str, rates: dict[str, tuple[float, ...]], theirs: str, at_least: float | None) -> Measure:
    values = tuple(one / other for one, other in zip(rates[_OURS], rates[theirs], strict=True))
    how = f"{_OURS}, against: {theirs}; round by round"
    return Measure(name=name, values=values, unit="times", how=how, at_least=at_least)


def _apart(taken: Round) -> Measure:
    """Ours is of the file read smaller; ImageHash reads all of it."""
    values = tuple(float(distance(phash, taken.imagehash[name])) for name, phash in taken.ours.items())
    how = "pHash of 256 bits, all files; bits that hang on rounding are counted too"
    return Measure(
        name="distance of pHash to ImageHash's own",
        values=values,
        unit="bits",
        how=how,
        at_most=_MOST_BITS_APART,
    )
