"""The orders flow."""

from alembic import op

from common.database.migrate import run_sql

revision = "orders"
down_revision = "core"
branch_labels = None
depends_on = None

_FILES = (
    "0002_effects.sql",
    "0002_customer_books.sql",
    "0002_orders_tables.sql",
    "0002_orders.sql",
    "0002_row_level_security.sql",
)


def upgrade() -> None:
    """Create its tables, walled off by tenant like all others."""
    for name in _FILES:
        run_sql(op.get_bind(), name)
