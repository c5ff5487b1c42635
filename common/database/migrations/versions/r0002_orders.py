"""What the orders flow adds: the customer books."""

from alembic import op

from common.database.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILES = ("0002_customer_books.sql", "0002_row_level_security.sql")


def upgrade() -> None:
    """Create its tables, with the wall between tenants."""
    for name in _FILES:
        run_sql(op.get_bind(), name)
