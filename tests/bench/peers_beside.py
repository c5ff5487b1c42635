"""What other systems make of the same work on the same server: six durable steps an item."""

import json
import subprocess
from itertools import count as numbers
from pathlib import Path

from infra.local.postgres import Postgres
from tests.bench.measure import Measure, rounds
from tests.support.processes import ROOT

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
_WITHIN = 90.0  # seconds of one round
_PEERS = {
    "DBOS, queue": ("dbos_steps.py",),
    "DBOS, direct": ("dbos_steps.py", "--direct"),
    "procrastinate": ("procrastinate_steps.py",),
}
_PER_ITEM = "each item by itself, where ours commits a chunk: "
_databases = (f"peer_{number}" for number in numbers(1))


def peers(server: Postgres, *, items: int, count: int) -> list[Measure]:
    """Steps a second of each peer, each round in a database of its own."""
    need_peers()
    return [_peer(server, name, script, items, count) for name, script in _PEERS.items()]


def need_peers() -> None:
    """Raises RuntimeError when there is nothing to measure beside."""
    if not PYTHON.exists():
        raise RuntimeError(f"{PYTHON.parent} is missing: `make bench` makes it from requirements-bench.txt")


def _peer(server: Postgres, name: str, script: tuple[str, ...], items: int, count: int) -> Measure:
    told: list[str] = []
    values = rounds(count, lambda: _round(server, script, items, told))
    return Measure(name=name, values=values, unit="steps/s", how=f"{items} items, {_PER_ITEM}{told[0]}")


def _round(server: Postgres, script: tuple[str, ...], items: int, told: list[str]) -> float:
    database = next(_databases)
    server.create_database(database)
    where = ["--host", str(server.socket_folder), "--port", str(server.port), "--database", database]
    file = Path(__file__).parent / "peers" / script[0]
    command = [str(PYTHON), str(file), *script[1:], *where, "--items", str(items)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(script)} failed:\n{done.stderr[-2000:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    told.append(result["how"])
    server.drop_database(database)
    return float(result["steps"]) / float(result["seconds"])
