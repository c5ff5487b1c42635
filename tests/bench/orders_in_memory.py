"""Change detection over 97,222 rows of 40 columns in memory, 1 % of them different: ours, and peers on the same rows."""

import csv
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from infra.local.postgres import Postgres
from tests.bench.change_detection import HashStep, database, hold
from tests.bench.measure import Measure, ratio, rounds
from tests.bench.order_rows import HEADERS, KEY_HEADERS, ROWS, Row, later, natural_key, order_book
from tests.bench.peers_beside import PYTHON, need_peers

_ROUNDS = 5
_SHARE = 0.01
_TARGET = 1.0  # seconds
_TIMES_PANDAS = 10.0
_WITHIN = 1800.0  # seconds of one round of a peer on a busy machine
_PANDAS = "pandas, SHA-256 row by row and merge"
_PEERS = {
    _PANDAS: ("pandas_merge.py",),
    "pandas, hash_pandas_object and merge": ("pandas_merge.py", "--vectorised"),
    "datacompy on pandas": ("datacompy_compare.py",),
    "datacompy on polars": ("datacompy_compare.py", "--polars"),
    "dlt SCD2 from Arrow": ("dlt_scd2.py", "--arrow"),
    "dlt SCD2 from rows": ("dlt_scd2.py",),
}
_ONCE = frozenset({"dlt SCD2 from rows"})
"""Takes minutes: one round."""

Keys = dict[str, list[str]]


def in_memory(server: Postgres, folder: Path, *, count: int) -> Iterator[Measure]:
    """Ours; each peer, its answer checked to be ours; how many times as fast as pandas ours is."""
    need_peers()
    before = order_book(ROWS)
    after = later(before, _SHARE)
    seconds, found = _ours(server, before, after.rows)
    if {name: len(keys) for name, keys in found.items()} != after.counts:
        raise RuntimeError(f"ours found {[len(keys) for keys in found.values()]}, not {after.counts}")
    how = (
        f"{ROWS:,} rows × {len(HEADERS)}, 1 % differ; ours until the delta is committed in Postgres as items"
    )
    ours = Measure(name="change detection, in memory", values=seconds, unit="s", how=how, at_most=_TARGET)
    yield ours
    for name, rows in (("before", before), ("after", after.rows)):
        _write(folder / f"{name}.csv", rows)
    del before, after
    theirs = []
    for name, script in _PEERS.items():
        theirs.append(_peer(folder, name, script, 1 if name in _ONCE else count, found))
        yield theirs[-1]
    yield ratio("times as fast as pandas row by row", _rate(ours), [_rate(theirs[0])], at_least=_TIMES_PANDAS)


def _ours(server: Postgres, before: Sequence[Row], after: Sequence[Row]) -> tuple[tuple[float, ...], Keys]:
    found: Keys = {}
    with database(server, "bench_changes") as services:
        places = hold(services, before)
        step = HashStep(services)

        def once() -> float:
            seconds, run = step.compare(after)
            for operation, items in step.found(run).items():
                rows = (before[places[key]] if row is None else after[row - 1] for key, row in items)
                found[operation] = sorted(map(natural_key, rows))
            step.forget(run)
            return seconds

        once()  # warms connections and statement plans
        return rounds(_ROUNDS, once), found


def _write(file: Path, rows: Sequence[Row]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADERS, *rows])


def _peer(folder: Path, name: str, script: tuple[str, ...], count: int, ours: Keys) -> Measure:
    told: list[str] = []

    def once() -> float:
        result, found = _compared(folder, script)
        if found != ours:
            raise RuntimeError(
                f"{name} found other rows than ours: { ({k: len(v) for k, v in found.items()}) }"
            )
        told.append(result["how"])
        return float(result["seconds"])

    return Measure(name=name, values=rounds(count, once), unit="s", how=f"the same rows; {told[0]}")


def _compared(folder: Path, script: tuple[str, ...]) -> tuple[dict[str, Any], Keys]:
    file = Path(__file__).parent / "peers" / script[0]
    books = [
        "--before",
        folder / "before.csv",
        "--after",
        folder / "after.csv",
        "--found",
        folder / "found.json",
    ]
    command = [str(PYTHON), str(file), *script[1:], *map(str, books), "--key", "|".join(KEY_HEADERS)]
    quiet = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=_WITHIN, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(script)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1]), json.loads((folder / "found.json").read_text())


def _rate(measure: Measure) -> Measure:
    """Rows a second: of those more is better."""
    rates = tuple(ROWS / seconds for seconds in measure.values)
    return Measure(name=measure.name, values=rates, unit="rows/s")
