"""A real Postgres for tests: one server per test process, one fresh database per test.

@pytest.fixture(scope="session")
def migrated(server: Postgres) -> str:
    return template(server, "migrated", lambda url: upgrade(url))

@pytest.fixture
def database_url(server: Postgres, migrated: str) -> Iterator[str]:
    with fresh_database(server, migrated) as url:
        yield url
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.postgres import Postgres

FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}
"""Settings of a server whose data nobody needs tomorrow."""

_ROOM = 1 << 30  # bytes; a database takes 8 MB
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One server for all tests of this process (under pytest-xdist each worker has its own)."""
    with quick_folder() as folder, Postgres(folder / "data", settings=FAST) as postgres:
        yield postgres


def template(server: Postgres, name: str, migrate: Callable[[str], None]) -> str:
    """Make the database `name` once, let `migrate` fill it by its URL, and return its name.

    `migrate` closes its connections before it returns: a database in use cannot be copied.
    """
    if server.create_database(name):
        migrate(server.url(name))
    return name


@contextmanager
def fresh_database(server: Postgres, template: str | None = None) -> Iterator[str]:
    """The SQLAlchemy URL of a database of one's own, a copy of `template`; it is dropped afterwards."""
    name = f"test_{next(_numbers)}"
    server.create_database(name, template)
    try:
        yield server.url(name)
    finally:
        server.drop_database(name)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """An empty folder, in memory where there is room: a database is copied there in a third of the time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    with tempfile.TemporaryDirectory(prefix="shelfline-", dir=memory if roomy else None) as folder:
        yield Path(folder)
