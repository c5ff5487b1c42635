"""An array that we write is the array that Postgres reads."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.boundary import clean_text
from common.database.array import array
from common.database.engine import Database
from common.environment import Environment

SAME_DATABASE = [HealthCheck.function_scoped_fixture]
"""An example writes nothing, so that the next may have the same database."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """One connection."""
    made = Database(Environment(database_url=database_url, database_pool=1))
    yield made
    made.close()


def read(database: Database, type_: str, values: Sequence[Any]) -> list[Any]:
    """What Postgres makes of the array, told as JSON so that no driver's reading of arrays is in between."""
    with database.transaction() as connection:
        statement = f"select coalesce(to_jsonb(cast(%s as {type_}[])), 'null')"
        found: list[Any] = connection.exec_driver_sql(statement, (array(values),)).scalar_one()
    return found


@settings(suppress_health_check=SAME_DATABASE, deadline=None)
@given(st.lists(st.none() | st.text()))
@example(
    ["", "NULL", "null", None, "{}", "{a,b}", 'say "so"', "back\\slash", "\\", " ends ", "a\nb\tc", ",", "é"]
)
@example(["a\0b", "lone \ud800"])
def test_texts_come_back_as_they_were(database: Database, texts: list[str | None]) -> None:
    assert read(database, "text", texts) == [None if text is None else clean_text(text) for text in texts]


@settings(suppress_health_check=SAME_DATABASE, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_numbers_come_back_as_they_were(database: Database, numbers: list[int | None]) -> None:
    assert read(database, "bigint", numbers) == numbers
