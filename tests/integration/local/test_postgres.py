"""The embedded Postgres, started for real."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from infra.local.postgres import AlreadyRunning, Postgres, StartFailed
from infra.local.postgres_programs import Programs, namespaces_allowed, programs, unprivileged_programs
from tests.support.postgres import FAST, fresh_database, quick_folder, template


def query(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements in one transaction; the rows of the last."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def kill_all(postgres: Postgres) -> None:
    """Kill the server with everything it started, as a machine's failure would."""
    assert postgres.pid is not None
    parent = psutil.Process(postgres.pid)
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family[1:], timeout=10)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder yet to be made; one that had to move elsewhere is removed too."""
    with quick_folder() as folder:
        data = folder / "state" / "postgres"
        yield data
        pointer = data / "moved_to"
        if pointer.exists():
            shutil.rmtree(pointer.read_text())


WAYS_TO_RUN = [pytest.param(lambda: None, id="as usual")]
if os.geteuid() == 0:
    WAYS_TO_RUN.append(pytest.param(unprivileged_programs, id="as nobody"))


@pytest.mark.parametrize("installation", WAYS_TO_RUN)
def test_what_was_written_is_there_after_a_restart(data: Path, installation: Any) -> None:
    with Postgres(data, installation=installation()) as postgres:
        assert postgres.create_database("shelfline")
        query(postgres.url(), "create table part (name text)", "insert into part values ('LM358')")
    with Postgres(data, installation=installation()) as postgres:
        assert query(postgres.url(), "select name from part") == [("LM358",)]


def test_a_commit_outlives_a_kill_of_every_process(data: Path) -> None:
    postgres = Postgres(data).start()
    query(postgres.url("postgres"), "create table part (name text)", "insert into part values ('LM358')")
    kill_all(postgres)
    with Postgres(data) as again:
        assert query(again.url("postgres"), "select name from part") == [("LM358",)]
    postgres.stop()


def test_a_server_that_died_alone_can_be_started_at_once(data: Path) -> None:
    """Its backends need a moment to notice; until then they hold the shared memory."""
    postgres = Postgres(data, settings=FAST).start()
    engine = create_engine(postgres.url("postgres"))
    with engine.connect() as connection:
        connection.execute(text("select 1"))
        os.kill(postgres.pid or 0, signal.SIGKILL)
        postgres.stop()
        with Postgres(data, settings=FAST) as again:
            assert query(again.url("postgres"), "select 1") == [(1,)]
        connection.invalidate()
    engine.dispose()


def test_a_lock_file_of_a_reused_process_id_is_no_obstacle(data: Path) -> None:
    Postgres(data, settings=FAST).prepare()
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    with Postgres(data, settings=FAST) as postgres:
        assert query(postgres.url("postgres"), "select 1") == [(1,)]


def test_a_half_made_data_folder_is_made_anew(data: Path) -> None:
    half = data.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with Postgres(data, settings=FAST) as postgres:
        assert query(postgres.url("postgres"), "select 1") == [(1,)]


def test_a_folder_in_use_is_refused(data: Path) -> None:
    with Postgres(data, settings=FAST) as postgres, pytest.raises(AlreadyRunning, match=str(postgres.pid)):
        Postgres(data).start()


def test_two_servers_run_side_by_side(data: Path) -> None:
    with (
        Postgres(data / "one", settings=FAST) as one,
        Postgres(data / "two", settings=FAST) as two,
    ):
        one.create_database("shelfline")
        assert query(one.url(), "select 1") == [(1,)]
        assert query(two.tcp_url("postgres"), "select 1") == [(1,)]
        assert one.port != two.port


def test_a_long_path_gets_its_socket_elsewhere_for_as_long_as_it_runs(data: Path) -> None:
    with Postgres(data / ("a" * 60) / ("b" * 60) / "postgres", settings=FAST) as postgres:
        assert len(postgres.socket) < 104
        assert query(postgres.url("postgres"), "select 1") == [(1,)]
    assert not postgres.socket_folder.exists()


def test_a_wrong_setting_is_reported_in_the_servers_own_words(data: Path) -> None:
    with pytest.raises(StartFailed, match="shared_buffers"):
        Postgres(data, settings={"shared_buffers": "plenty"}).start()


def test_a_database_is_made_once(server: Postgres) -> None:
    assert server.create_database('odd "name"')
    assert not server.create_database('odd "name"')
    assert query(server.url('odd "name"'), "select current_database()") == [('odd "name"',)]


def test_each_test_gets_its_own_copy_of_a_template(server: Postgres) -> None:
    def migrate(url: str) -> None:
        query(url, "create table part (name text)")

    name = template(server, "parts_template", migrate)
    with fresh_database(server, name) as first:
        query(first, "insert into part values ('LM358')")
    with fresh_database(server, template(server, "parts_template", migrate)) as second:
        assert query(second, "select name from part") == []


@pytest.mark.skipif(os.geteuid() != 0 or not namespaces_allowed(), reason="needs root and user namespaces")
def test_root_keeps_its_files_and_opens_no_folder(data: Path) -> None:
    home = data.with_name("home")
    home.mkdir(mode=0o700, parents=True)
    with Postgres(home / "postgres", settings=FAST, installation=programs()) as postgres:
        assert (postgres.data.stat().st_uid, postgres.data.stat().st_mode & 0o777) == (0, 0o700)
    assert home.stat().st_mode & 0o777 == 0o700


def test_an_ordinary_user_starts_the_programs_as_they_are() -> None:
    plain = Programs(Path("/programs"))
    assert plain.command("postgres", "-D", "x") == ["/programs/postgres", "-D", "x"]
    assert plain.process_options() == {}
