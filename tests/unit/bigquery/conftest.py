"""A database of its own for each module, without any server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.emulators.bigquery.database import Database


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path: Path = tmp_path_factory.mktemp("duckdb") / "test.duckdb"
    database = Database(path)
    yield database
    database.close()
