"""What every part of the ledger stands on."""

from collections.abc import Iterable

from common.database.engine import Database


class Book:
    """Some of what the ledger can do, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as Postgres writes an array of them."""
    return "{" + ",".join(str(number) for number in numbers) + "}"
