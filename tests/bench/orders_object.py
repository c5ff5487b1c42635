"""One object of an order book, compared by a process of its own: python -m tests.bench.orders_object --help.

Prints {"seconds", "mebibytes"}: the time of the comparison, and the most memory that the process ever held.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from infra.local.postgres import Postgres
from tests.bench import servers
from tests.bench.change_detection import HashStep, hold, know_customers, services_on
from tests.bench.measure import Measure
from tests.bench.order_rows import HEADERS, ROWS, Row, later, order_book
from tests.support.processes import ROOT

_MILLION = 1_000_000
_MOST = 400  # MiB
_LINEAR = 1.5  # times the time a row of the smaller object may take in the larger
_FLAT = 1.2  # times the memory
_SHARE = 0.01


class FileObjects:
    """Objects as files, behind the port of Cloud Storage."""

    def open(self, name: str) -> BinaryIO:
        """The content."""
        return Path(name).open("rb")


def objects(server: Postgres, folder: Path) -> Iterator[Measure]:
    """97,222 and 1,000,000 rows: seconds and memory, and what of either grows with a row."""
    small = _compared(server, folder, ROWS)
    large = _compared(server, folder, _MILLION)
    how = (
        "an object of CSV, 1 % differ, one process with its own connection to Postgres, the most it ever held"
    )
    for rows, result, most in ((ROWS, small, None), (_MILLION, large, _MOST)):
        name = f"{rows:,} rows × {len(HEADERS)}"
        yield Measure(name=f"{name}, read and compared", values=(result["seconds"],), unit="s", how=how)
        yield Measure(
            name=f"{name}, the first time",
            values=(result["first"],),
            unit="s",
            how=f"{how}; no row is known yet",
        )
        yield Measure(
            name=f"memory of {name}", values=(result["mebibytes"],), unit="MiB", how=how, at_most=most
        )
    per_row = (large["seconds"] / _MILLION) / (small["seconds"] / ROWS)
    grown = large["mebibytes"] / small["mebibytes"]
    how = f"a row of {_MILLION:,} beside a row of {ROWS:,}"
    yield Measure(name="time of a row", values=(per_row,), unit="times", how=how, at_most=_LINEAR)
    yield Measure(name="memory", values=(grown,), unit="times", how=how, at_most=_FLAT)


def _compared(server: Postgres, folder: Path, rows: int) -> dict[str, float]:
    name = f"bench_object_{rows}"
    services = services_on(servers.migrated(server, name))
    know_customers(services)
    base = order_book(min(rows, ROWS))
    changed = later(base, _SHARE).rows
    hold(services, _repeated(base, rows))
    services.database.close()
    file = folder / f"{rows}.csv"
    written = 0
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        for row in _repeated(changed, rows):
            writer.writerow(row)
            written += 1
    command = [
        sys.executable,
        "-m",
        __name__,
        "--url",
        server.url(name),
        "--file",
        str(file),
        "--rows",
        str(written),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    file.unlink()
    server.drop_database(name)
    if done.returncode != 0:
        raise RuntimeError(f"the comparison of {rows:,} rows failed:\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _repeated(base: list[Row], rows: int) -> Iterator[Row]:
    """The book again and again, each time under order numbers of its own, until there are so many rows."""
    again = ([f"{copy}-{row[0]}", *row[1:]] for copy in range(rows // len(base) + 1) for row in base)
    return islice(again, rows)


def main() -> None:
    """Compare the object with the snapshots of the database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--rows", type=int, required=True)
    given = parser.parse_args()
    services = services_on(given.url)
    services.objects = FileObjects()  # type: ignore[assignment]  # of the port, what this step uses
    step = HashStep(services)
    first, seconds = (step.compare_object(given.file, given.rows) for _ in range(2))
    services.database.close()
    print(json.dumps({"first": first, "seconds": seconds, "mebibytes": _most_held()}))


def _most_held() -> float:
    """MiB that this process held at most. Not `ru_maxrss`, which begins with what the process held that started this one."""
    status = Path("/proc/self/status").read_text()
    (kibibytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) / 2**10


if __name__ == "__main__":
    main()
