"""A server and a migrated database of each test's own."""

from tests.support.migrated import database_url, migrated
from tests.support.postgres import server

__all__ = ["database_url", "migrated", "server"]
