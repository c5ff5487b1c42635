"""COPY takes any text as it is, but for what Postgres cannot hold."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.database.copy import copy_rows
from common.database.engine import Database
from common.environment import Environment
from infra.local.postgres import Postgres
from tests.support.postgres import fresh_database

AWKWARD = (
    "\\",
    "\\N",
    "\\.",
    "\t",
    "\n",
    "\r\n",
    "\x0b",
    "\x00",
    "",
    " ",
    "\\x41",
    "\N{LINE SEPARATOR}",
    "\ud800",
    "é",
)
TEXT = st.one_of(
    st.text(), st.text(alphabet=st.sampled_from("".join(AWKWARD) + "Nab1")), st.sampled_from(AWKWARD)
)
CELL = st.none() | TEXT


@pytest.fixture(scope="module")
def database(server: Postgres) -> Iterator[Database]:
    """A database with one table."""
    with fresh_database(server) as url:
        made = Database(Environment(database_url=url, database_pool=1))
        with made.transaction() as connection:
            connection.exec_driver_sql("create table copied (place bigint, first text, second text)")
        yield made
        made.close()


def _through(database: Database, rows: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    with database.transaction() as connection:
        connection.exec_driver_sql("truncate copied")
        numbered = [(place, *row) for place, row in enumerate(rows)]
        copy_rows(connection, "copied", ("place", "first", "second"), numbered)
        found = connection.exec_driver_sql("select first, second from copied order by place")
        return [tuple(row) for row in found]


def _held(cell: str | None) -> str | None:
    """What Postgres can hold of a text: no NUL, no half of a pair of surrogates."""
    if cell is None:
        return None
    return "".join(letter for letter in cell if letter != "\x00" and not "\ud800" <= letter <= "\udfff")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), max_size=8))
def test_any_text_survives(database: Database, rows: list[tuple[str | None, str | None]]) -> None:
    assert _through(database, rows) == [(_held(first), _held(second)) for first, second in rows]


@pytest.mark.parametrize("text", AWKWARD)
def test_each_awkward_text_survives(database: Database, text: str) -> None:
    assert _through(database, [(text, None)]) == [(_held(text), None)]


def test_numbers_are_written_as_they_are(database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("truncate copied")
        copy_rows(connection, "copied", ("place", "first"), [(-7, 12), (9_000_000_000, 1.5)])
        found = connection.exec_driver_sql("select place, first from copied order by place").all()
    assert [tuple(row) for row in found] == [(-7, "12"), (9_000_000_000, "1.5")]


def test_what_was_copied_goes_with_its_transaction(database: Database) -> None:
    _through(database, [("kept", None)])
    with pytest.raises(ZeroDivisionError):
        _copied_and_cut_off(database)
    with database.transaction() as connection:
        assert connection.exec_driver_sql("select first from copied").scalars().all() == ["kept"]


def _copied_and_cut_off(database: Database) -> None:
    with database.transaction() as connection:
        copy_rows(connection, "copied", ("first",), [("lost",)])
        raise ZeroDivisionError
