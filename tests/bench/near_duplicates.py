"""Near-duplicate search among 10,000, 100,000 and 1,000,000 stored hashes of 256 bits, beside comparing with all of them."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.database.engine import Database
from common.environment import Environment
from functions.hash.designs.all_pairs import all_pairs
from functions.hash.designs.dealing import dealt_rows
from functions.hash.designs.near_duplicates import Comparison, HashedDesign
from functions.hash.designs.near_in_postgres import PostgresNearDuplicates
from infra.local.postgres import Postgres
from infra.local.stack.services import POSTGRES_SETTINGS
from tests.bench import servers
from tests.bench.hash_library import KINDS, TENANT, VERSION, create, design_of, load, near_one, size
from tests.bench.measure import Measure, ratio, rounds
from tests.bench.peers_beside import PYTHON, need_peers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.uint8]

_SIZES = (10_000, 100_000, 1_000_000)
_PAIRS_OF = 100_000
_LOOKUPS = 300
_CHECKED = 60  # of them beside numpy and FAISS
_BATCH = 100
_WITHIN = 20
_TARGET = 1.0  # ms
_TIMES_FAISS = 8.0
_WITHIN_SECONDS = 900.0  # of a peer on a busy machine
_ONE_HASH = Comparison(rule="phash", phash_within=_WITHIN)
_BOTH = Comparison(rule="phash or dhash", phash_within=_WITHIN, dhash_within=_WITHIN)
_SEED = Comparison(rule="phash", phash_within=5)
_SETTINGS = {**POSTGRES_SETTINGS, "shared_buffers": "1GB"}
_HOW = f"one call of the port each, pHash within {_WITHIN} of 256 bits; Postgres with 1 GB of buffers"


def near_duplicates(folder: Path, *, count: int) -> Iterator[Measure]:
    """Look-ups at each size, recall, what it takes on the disk; all pairs; what a linear scan and FAISS take for the same."""
    need_peers()
    for kind in KINDS:
        with Postgres(folder / f"postgres-{kind}", settings=_SETTINGS) as server:
            database = Database(
                Environment(database_url=servers.migrated(server, "bench_near"), database_pool=2)
            )
            yield from _lookups(database, folder, kind)
            database.close()
        yield from _all_pairs(folder, kind, count)


@dataclass(frozen=True, slots=True)
class Library:
    """What is stored, and what is asked for."""

    name: str
    phashes: "Rows"
    dhashes: "Rows"
    asked: list["Rows"]
    """pHashes."""
    designs: list[HashedDesign]
    others: list[HashedDesign]
    """Asked for before, so that buffers and plans are warm, as in a step that has done some chunks."""


def _lookups(database: Database, folder: Path, kind: str) -> Iterator[Measure]:
    phashes, dhashes = (KINDS[kind](max(_SIZES), seed) for seed in (1, 2))
    create(database)
    stored = 0
    for rows in _SIZES:
        load(database, phashes[stored:rows], dhashes[stored:rows], stored)
        stored = rows
        library = _library(f"{rows:,} {kind}", phashes[:rows], dhashes[:rows])
        yield from _beside(database, folder, library, _TARGET if rows == max(_SIZES) else None)
    yield from _other_rules(database, library)
    sizes = zip(("rows", "indexes"), size(database), strict=True)
    for what, taken in sizes:
        yield Measure(
            name=f"{what} of {library.name}", values=(taken / 2**20,), unit="MiB", how="of one table"
        )


def _library(name: str, phashes: "Rows", dhashes: "Rows") -> Library:
    chance = np.random.default_rng(3)
    asked = [near_one(phashes, chance, _WITHIN + 2) for _ in range(_LOOKUPS)]
    designs = [
        design_of(2**64 + number, phash, near_one(dhashes, chance, _WITHIN + 2))
        for number, phash in enumerate(asked)
    ]
    others = [
        design_of(2**65 + number, *pair) for number, pair in enumerate(_moved(phashes, dhashes, chance))
    ]
    return Library(name, phashes, dhashes, asked, designs, others)


def _moved(phashes: "Rows", dhashes: "Rows", chance: np.random.Generator) -> Iterator[tuple["Rows", "Rows"]]:
    for _ in range(_LOOKUPS):
        yield near_one(phashes, chance, _WITHIN), near_one(dhashes, chance, _WITHIN)


def _beside(database: Database, folder: Path, library: Library, target: float | None) -> Iterator[Measure]:
    """Ours one by one, whether it found all, numpy and FAISS."""
    taken, found = _one_by_one(database, library, _ONE_HASH)
    yield from _percentiles(f"look-up among {library.name}", taken, _HOW, target)
    scanned, expected = _scanned(library)
    hit = sum(len(one & other) for one, other in zip(found, expected, strict=False))
    told = sum(map(len, found[:_CHECKED]))
    if told != hit:
        raise RuntimeError(f"ours told {told - hit} designs among {library.name} that are not near")
    yield Measure(
        name=f"recall among {library.name}",
        values=(hit / sum(map(len, expected)),),
        unit="share",
        how=f"of what comparing with all finds, {_CHECKED} look-ups, those that are told all near",
        at_least=1.0,
    )
    how = "the same pHashes in memory, xor and bitwise_count over all"
    yield Measure(name=f"numpy, all of {library.name}", values=scanned, unit="ms", how=how)
    answer = _faiss(folder, library.phashes, np.stack(library.asked[:_CHECKED]))
    if answer["found"] != hit:
        raise RuntimeError(f"FAISS found {answer['found']} among {library.name}, ours {hit}")
    how = f"the same pHashes in memory, one question at a time; {answer['how']}"
    yield Measure(
        name=f"FAISS, all of {library.name}", values=tuple(answer["milliseconds"]), unit="ms", how=how
    )


def _other_rules(database: Database, library: Library) -> Iterator[Measure]:
    """What the seed's rule, both hashes, and a batch take."""
    rules = ("pHash ≤ 5", _SEED), (f"pHash ≤ {_WITHIN}", _ONE_HASH), (f"pHash or dHash ≤ {_WITHIN}", _BOTH)
    for name, by in rules:
        taken, _ = _one_by_one(database, library, by)
        yield from _percentiles(f"{name} among {library.name}", taken, "one call of the port each", None)
        batches = tuple(_batches(database, library.designs, by))
        how = f"{_BATCH} designs a call, as the step asks; the time of one"
        yield Measure(name=f"{name} among {library.name}, in a batch", values=batches, unit="ms", how=how)


def _one_by_one(
    database: Database, library: Library, by: Comparison
) -> tuple[tuple[float, ...], list[set[int]]]:
    """Milliseconds of each look-up, and the numbers of the designs that it found."""
    taken, found = [], []
    with database.transaction() as connection:
        index = PostgresNearDuplicates(connection, TENANT, VERSION)
        index.near(library.others, by)
        for design in library.designs:
            started = time.perf_counter()
            near = index.near([design], by, most=1000)
            taken.append((time.perf_counter() - started) * 1000)
            found.append({each.other.int for each in near})
    return tuple(taken), found


def _batches(database: Database, designs: list[HashedDesign], by: Comparison) -> Iterator[float]:
    with database.transaction() as connection:
        index = PostgresNearDuplicates(connection, TENANT, VERSION)
        for start in range(0, len(designs), _BATCH):
            started = time.perf_counter()
            index.near(designs[start : start + _BATCH], by)
            yield (time.perf_counter() - started) * 1000 / _BATCH


def _scanned(library: Library) -> tuple[tuple[float, ...], list[set[int]]]:
    """Milliseconds of comparing with all, and what is near."""
    words, taken, near = library.phashes.view(np.uint64), [], []
    for asked in library.asked[:_CHECKED]:
        started = time.perf_counter()
        apart = np.bitwise_count(words ^ asked.view(np.uint64)).sum(axis=1, dtype=np.uint16)
        places = np.flatnonzero(apart <= _WITHIN)
        taken.append((time.perf_counter() - started) * 1000)
        near.append(set(places.tolist()))
    return tuple(taken), near


def _all_pairs(folder: Path, kind: str, count: int) -> Iterator[Measure]:
    """Ours and FAISS over the same hashes in memory, both with as many threads as there are cores."""
    hashes = KINDS[kind](_PAIRS_OF, 1)
    name = f"all pairs of {_PAIRS_OF:,} {kind}"
    stored, pairs = dealt_rows(hashes), 0

    def once() -> float:
        nonlocal pairs
        started = time.perf_counter()
        pairs = len(all_pairs(stored, _WITHIN))
        return time.perf_counter() - started

    ours = Measure(
        name=name, values=rounds(count, once), unit="s", how=f"within {_WITHIN} of 256 bits, in memory"
    )
    yield ours
    answer = _faiss(folder, hashes, None)
    if answer["found"] != 2 * pairs + _PAIRS_OF:  # each pair twice, and each hash itself
        raise RuntimeError(f"FAISS found {answer['found']} among {name}, ours {pairs}")
    seconds = tuple(each / 1000 for each in answer["milliseconds"])
    theirs = Measure(name=f"FAISS, {name}", values=seconds, unit="s", how=answer["how"])
    yield theirs
    times = ratio(f"times FAISS, {name}", _rate(ours), [_rate(theirs)], at_least=_TIMES_FAISS)
    # What FAISS does is the same whatever the hashes are; ours pays for bands that many have in common.
    yield times if kind == "random" else replace(times, at_least=None)


def _faiss(folder: Path, stored: "Rows", asked: "Rows | None") -> dict[str, Any]:
    files = {"--stored": folder / "stored.npy", "--asked": folder / "asked.npy"}
    np.save(files["--stored"], stored)
    if asked is None:
        del files["--asked"]
    else:
        np.save(files["--asked"], asked)
    script = Path(__file__).parent / "peers" / "faiss_flat.py"
    options = [str(each) for option in files.items() for each in option]
    command = [str(PYTHON), str(script), *options, "--within", str(_WITHIN)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{script.name} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _percentiles(name: str, taken: tuple[float, ...], how: str, target: float | None) -> Iterator[Measure]:
    yield Measure(name=f"{name}, p50", values=taken, unit="ms", how=how, at_most=target)
    yield Measure(name=f"{name}, p99", values=(float(np.quantile(taken, 0.99)),), unit="ms", how=how)


def _rate(measure: Measure) -> Measure:
    """Libraries a second: of those more is better."""
    return Measure(name=measure.name, values=tuple(1 / seconds for seconds in measure.values), unit="1/s")
