"""Bring a database to the schema of this release: expand first, contract a release later."""

from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import Misconfigured

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_FOLDER = Path(__file__).parent
_LOCK = 0x5E1F  # one migrator at a time, whoever else is starting


def migrate(engine: "Engine") -> None:
    """Apply what is missing; safe to run again, and by several processes at once.

    Raises Misconfigured for a database whose schema this release does not know.
    """
    from alembic import command
    from alembic.util import CommandError

    with engine.begin() as connection:
        connection.exec_driver_sql("set local lock_timeout = '30s'")
        connection.exec_driver_sql("select pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.exec_driver_sql("set local lock_timeout = '3s'")
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise Misconfigured(
                f"This database was made by another release ({error}): deploy the release that fits it; "
                "on one machine, `make clean` starts over."
            ) from error


def run_sql(connection: "Connection", name: str) -> None:
    """Run one file of `common/database/sql`: without parameters Postgres takes many statements at once."""
    connection.exec_driver_sql((_FOLDER / "sql" / name).read_text())


def _config(connection: "Connection") -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
