"""Run the measures: python -m tests.bench [--only pipeline,peers,orders,designs,imports,stack] [--items 4000] [--rounds 3]."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from tests.bench import pipeline, report, servers, starts
from tests.bench.images import images
from tests.bench.measure import Measure, ratio
from tests.bench.near_duplicates import near_duplicates
from tests.bench.orders_flow import flow
from tests.bench.orders_in_memory import in_memory
from tests.bench.orders_object import objects
from tests.bench.orders_push import push
from tests.bench.peers_beside import peers

_PARTS = ("pipeline", "peers", "orders", "designs", "imports", "stack")
_PEER_ITEMS = 150
_TIMES_DBOS = 10.0


def main() -> int:
    """Measure, print and write; 1 when a target is missed."""
    given = _arguments()
    console = Console(stderr=True)
    before = os.getloadavg()[0]
    measures = []
    given.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="bench-", dir=given.output.parent, ignore_cleanup_errors=True
    ) as folder:
        for measure in _measures(given, Path(folder).resolve()):
            console.print(f"{measure.name}: {measure.median:,.3g} {measure.unit}")
            measures.append(measure)
    loads = (before, os.getloadavg()[0])
    report.show(measures, console)
    console.print(
        f"load of the machine in the minute before {loads[0]:.1f}, after {loads[1]:.1f}; written to {given.output}"
    )
    report.write(measures, loads, given.output)
    return 1 if any(measure.met is False for measure in measures) else 0


def _measures(given: argparse.Namespace, folder: Path) -> Iterator[Measure]:
    if {"pipeline", "peers"} & given.only:
        yield from _on_postgres(given, folder)
    if "orders" in given.only:
        yield from _orders(given, folder)
    if "designs" in given.only:
        yield from images(folder, count=given.rounds)
        yield from near_duplicates(folder, count=given.rounds)
    if "imports" in given.only:
        yield from starts.imports(count=given.rounds)
    if "stack" in given.only:
        yield starts.stack(folder / "stack", count=given.rounds)


def _orders(given: argparse.Namespace, folder: Path) -> Iterator[Measure]:
    """Change detection beside its peers on one server; then the whole flow, and the push, on stacks of their own."""
    with servers.postgres(folder) as server:
        yield from in_memory(server, folder, count=given.rounds)
        yield from objects(server, folder)
    yield from flow(folder, count=given.rounds)
    yield from push(folder)


def _on_postgres(given: argparse.Namespace, folder: Path) -> Iterator[Measure]:
    """The pipeline and its peers, one after the other on one server."""
    ours: list[Measure] = []
    with servers.postgres(folder) as server:
        if "pipeline" in given.only:
            yield pipeline.in_process(server, items=given.items, count=given.rounds)
            ours = pipeline.by_tasks(server, folder, items=given.items, count=given.rounds)
            yield from ours
        theirs = peers(server, items=_PEER_ITEMS, count=given.rounds) if "peers" in given.only else []
        yield from theirs
    if ours and theirs:
        steps = [value * pipeline.STEPS for value in ours[0].values]
        ours_in_steps = Measure(name="pipeline", values=tuple(steps), unit="steps/s")
        dbos = [measure for measure in theirs if measure.name.startswith("DBOS")]
        yield ratio("durable steps, beside DBOS", ours_in_steps, dbos, at_least=_TIMES_DBOS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default=",".join(_PARTS), help=f"some of {','.join(_PARTS)}")
    parser.add_argument("--items", type=int, default=4000, help="items of one round of the pipeline")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measure")
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"))
    given = parser.parse_args()
    given.only = set(given.only.split(","))
    if unknown := given.only - set(_PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(_PARTS)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
