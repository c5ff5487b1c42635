"""Calls of our SQL functions: one wait each, and what becomes of one that fails."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from common.database.engine import Database, DataRefused
from common.environment import Environment

_ECHO = """
create function echo(a jsonb, b bigint, c timestamptz, d text) returns jsonb
language sql as 'select jsonb_build_array(a, b, c, d)'
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """One connection, so that every call meets what the one before left on it."""
    made = Database(Environment(database_url=database_url, database_pool=1))
    with made.transaction() as connection:
        connection.exec_driver_sql(_ECHO)
    yield made
    made.close()


class CountedSocket:
    """A connection's socket that counts how often it is read after something was sent: the waits for an answer."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._sent = False
        self.waits = 0

    def write(self, content: bytes) -> int:
        self._sent = True
        return int(self._inner.write(content))

    def read(self, size: int) -> bytes:
        self.waits += self._sent
        self._sent = False
        return bytes(self._inner.read(size))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_a_call_waits_once(database: Database) -> None:
    database.call("shelfline_now")
    borrowed = database.engine.raw_connection()
    driver: Any = borrowed.driver_connection
    counted = driver._sock = CountedSocket(driver._sock)
    borrowed.close()
    database.call("echo", {"a": 1}, 2, None, "text")
    assert counted.waits == 1


def test_arguments_arrive_as_they_are(database: Database) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    a, b, c, d = database.call("echo", {"quote": "it's 100% \\ $1"}, 2**40, at, None)
    assert (a, b, datetime.fromisoformat(c), d) == ({"quote": "it's 100% \\ $1"}, 2**40, at, None)


def test_a_call_is_a_transaction_of_its_own(database: Database) -> None:
    database.call("shelfline_set_clock_offset", 60)
    with database.transaction() as connection:
        assert connection.exec_driver_sql("select offset_seconds from clock").scalar() == 60


def test_a_call_that_is_refused_leaves_the_connection_good(database: Database) -> None:
    with pytest.raises(DataRefused):
        database.call("echo", {}, "no number", None, None)
    assert database.call("echo", {}, 1, None, None) == [{}, 1, None, None]


def test_a_connection_that_died_is_replaced_once(database: Database) -> None:
    database.call("shelfline_now")
    borrowed = database.engine.raw_connection()
    driver: Any = borrowed.driver_connection
    driver._usock.shutdown(2)
    borrowed.close()
    assert isinstance(database.call("shelfline_now"), datetime)
