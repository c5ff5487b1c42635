"""Outside writes that end one by one, though several share a request."""

from alembic import op

from common.database.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILES = ("0002_effects.sql",)


def upgrade() -> None:
    """Add what the orders flow stands on."""
    for name in _FILES:
        run_sql(op.get_bind(), name)
