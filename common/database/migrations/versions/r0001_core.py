"""The pipeline core and the parts flow.

Functions are versioned by name (shelfline_claim_v1): a later migration adds v2 and leaves v1 for one release, so that
the functions before and after a deploy both run on the schema in between.
"""

from alembic import op

from common.database.migrate import run_sql

revision = "core"
down_revision = None
branch_labels = None
depends_on = None

_FILES = (
    "0001_core_tables.sql",
    "0001_parts_tables.sql",
    "0001_claim.sql",
    "0001_record.sql",
    "0001_wake.sql",
    "0001_runs.sql",
    "0001_quota.sql",
    "0001_seal.sql",
    "0001_row_level_security.sql",
)


def upgrade() -> None:
    """Create everything."""
    for name in _FILES:
        run_sql(op.get_bind(), name)
    op.get_bind().exec_driver_sql("select shelfline_ensure_event_partitions_v1(3)")
