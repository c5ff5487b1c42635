"""What the tests of several folders start, once for each worker of pytest-xdist: a fixture belongs to the folder of its conftest.

They start when the first test wants them. A test has a database, a bucket's folder or a queue of its own in them.
"""

from tests.support.emulators import bigquery_emulator, storage_emulator, tasks_emulator
from tests.support.etsy_account import etsy_server, stand_in, start
from tests.support.migrated import database_url, migrated
from tests.support.monday_account import monday, monday_server
from tests.support.postgres import server

__all__ = [
    "bigquery_emulator",
    "database_url",
    "etsy_server",
    "migrated",
    "monday",
    "monday_server",
    "server",
    "stand_in",
    "start",
    "storage_emulator",
    "tasks_emulator",
]
