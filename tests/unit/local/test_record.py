"""What a supervisor writes down."""

import os
from pathlib import Path

from infra.local.stack.processes import Identity
from infra.local.stack.record import Health, Record, ServiceRecord
from infra.local.stack.state import State, write_private


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(
        health=Health.UP,
        supervisor=Identity(7, 1.5),
        seconds=2.5,
        ports={"api": 20001},
        urls={"api": "http://127.0.0.1:20001"},
        services={"api": ServiceRecord(Health.UP, process=Identity(8, 2.5), restarts=1)},
    )
    record.write(tmp_path / "stack.json")
    assert Record.read(tmp_path / "stack.json") == record


def test_a_stack_that_never_ran_is_stopped(tmp_path: Path) -> None:
    assert Record.read(tmp_path / "stack.json") == Record(health=Health.STOPPED)


def test_a_record_of_another_release_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"health": "splendid"}')
    assert Record.read(tmp_path / "stack.json") == Record()


def test_a_process_is_known_by_its_start_time_too() -> None:
    ourselves = Identity.of(os.getpid())
    assert ourselves is not None
    assert ourselves.is_alive()
    assert not Identity(ourselves.pid, ourselves.started - 60).is_alive()


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    secret = State.at(tmp_path).api_token
    write_private(secret, "first")
    write_private(secret, "second")
    assert secret.read_text() == "first"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.parent.stat().st_mode & 0o777 == 0o700
