"""Fingerprints of 1600 × 1200 JPEG files: ours, and what ImageHash and imagededup make of the same files."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from functions.hash.designs.fingerprint import Fingerprint, Fingerprinter
from functions.hash.designs.hashes import distance
from tests.bench.measure import Measure, ratio, rounds
from tests.bench.peers_beside import PYTHON, need_peers
from tests.support.artwork import photograph

_DISTINCT = 25
_COPIES = 16  # imagededup hands its processes a hundred files at a time: four such portions
_QUALITY = 85
_WORKERS = os.cpu_count() or 1
_TIMES_IMAGEDEDUP = 6.0
_MOST_BITS_APART = 2
_WITHIN = 600.0  # seconds of one round of a peer on a busy machine
_SCRIPTS = {
    "ImageHash, pHash and dHash": ("imagehash_encode.py",),
    "imagededup, pHash": ("imagededup_encode.py",),
    "imagededup, dHash": ("imagededup_encode.py", "--dhash"),
}


def images(folder: Path, *, count: int) -> Iterator[Measure]:
    """Images a second of ours and of each peer; how many times as fast ours is; how far from ImageHash's own hashes."""
    need_peers()
    files = _photographs(folder / "photographs")
    found: list[Fingerprint] = []
    ours = _ours(files, count, found)
    yield ours
    theirs = {}
    hashes: dict[str, str] = {}
    for name, script in _SCRIPTS.items():
        theirs[name], told = _peer(folder / "photographs", name, script, count)
        hashes = hashes or told
        yield theirs[name]
    both = _both(theirs["imagededup, pHash"], theirs["imagededup, dHash"])
    yield both
    yield ratio("times imagededup, for both hashes", ours, [both], at_least=_TIMES_IMAGEDEDUP)
    yield _plain_ratio(
        "times imagededup, though it makes one hash of our four", ours, theirs["imagededup, pHash"]
    )
    yield _plain_ratio("times ImageHash", ours, theirs["ImageHash, pHash and dHash"])
    yield _apart(files, found, hashes)


def _photographs(folder: Path) -> list[Path]:
    """The files: so many different ones, each several times, in the order of their names."""
    folder.mkdir()
    for number in range(_DISTINCT):
        first = folder / f"{number:03}-00.jpg"
        photograph(number).save(first, quality=_QUALITY)
        for copy in range(1, _COPIES):
            shutil.copyfile(first, folder / f"{number:03}-{copy:02}.jpg")
    return sorted(folder.iterdir())


def _ours(files: list[Path], count: int, found: list[Fingerprint]) -> Measure:
    fingerprinter = Fingerprinter()
    fingerprinter(files[0])  # imports what it needs

    def once() -> float:
        started = time.perf_counter()
        with ThreadPoolExecutor(_WORKERS) as threads:
            found[:] = threads.map(fingerprinter, files)
        return len(files) / (time.perf_counter() - started)

    how = (
        f"{len(files)} JPEG files of 1600 × 1200, quality {_QUALITY}, {_WORKERS} threads; pHash and dHash of 256 and of "
        "64 bits, content hash, flatness, all limits checked"
    )
    return Measure(name="designs, fingerprints", values=rounds(count, once), unit="images/s", how=how)


def _peer(folder: Path, name: str, script: tuple[str, ...], count: int) -> tuple[Measure, dict[str, str]]:
    told: list[dict[str, Any]] = []

    def once() -> float:
        told.append(_encoded(folder, script))
        return float(told[-1]["images"]) / float(told[-1]["seconds"])

    values = rounds(count, once)
    measure = Measure(name=name, values=values, unit="images/s", how=f"the same files; {told[0]['how']}")
    return measure, told[0]["hashes"]


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


def _both(phash: Measure, dhash: Measure) -> Measure:
    """Both hashes of imagededup: it makes one at a time, each from the file."""
    values = tuple(1 / (1 / one + 1 / other) for one, other in zip(phash.values, dhash.values, strict=True))
    how = "one after the other, as it offers them"
    return Measure(name="imagededup, pHash and dHash", values=values, unit="images/s", how=how)


def _plain_ratio(name: str, ours: Measure, theirs: Measure) -> Measure:
    """As `ratio`, held to nothing."""
    values = ratio(name, ours, [theirs], at_least=0).values
    return Measure(name=name, values=values, unit="times", how=f"against: {theirs.name}")


def _apart(files: list[Path], found: list[Fingerprint], hashes: dict[str, str]) -> Measure:
    """Ours is read smaller; ImageHash reads all of the file."""
    apart = [
        float(distance(ours.hashes.phash, int(hashes[file.name], 16)))
        for file, ours in zip(files, found, strict=True)
    ]
    how = "pHash of 256 bits, median of all files; bits that hang on rounding are counted too"
    return Measure(
        name="distance to ImageHash's own",
        values=tuple(apart),
        unit="bits",
        how=how,
        at_most=_MOST_BITS_APART,
    )
