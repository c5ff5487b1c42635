"""The designs flow."""

from alembic import op

from common.database.migrate import run_sql

revision = "designs"
down_revision = "orders"
branch_labels = None
depends_on = None

_FILES = (
    "0003_designs_tables.sql",
    "0003_designs_shops.sql",
    "0003_designs_index.sql",
    "0002_row_level_security.sql",  # walls off whatever has come since
)


def upgrade() -> None:
    """Create its tables, walled off by tenant like all others."""
    for name in _FILES:
        run_sql(op.get_bind(), name)
