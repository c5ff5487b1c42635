"""The true path: real client, Cloud Tasks emulator, functions under gunicorn, tokens verified, nothing by hand."""

from pathlib import Path

from infra.local.postgres import Postgres
from tests.bench import pipeline


def test_a_flow_named_by_the_environment_runs_from_task_to_task_until_it_settles(
    server: Postgres, tmp_path: Path
) -> None:
    """Every round checks that all items are done, that each step of each was told, and that the run is completed."""
    speed, memory = pipeline.by_tasks(server, tmp_path, items=250, count=1)
    assert speed.median > 0
    assert memory.met, f"a functions process holds {memory.values} MiB"
