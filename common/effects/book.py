"""What every part of the ledger stands on."""

from common.database.engine import Database


class Book:
    """Some of what the ledger can do, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
