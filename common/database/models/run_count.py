"""Figures of runs.

A table and not a class: its rows have no identity, and an object mapper would take equal rows for one.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from common.database.models.base import ZERO, Base

FIGURES = (
    "fetched",
    "in_progress",
    "done",
    "skipped",
    "rejected",
    "failed",
    "manual",
    "waiting",
    "cancelled",
)
"""fetched is the sum of all the others, at any time."""

run_counts = Table(
    "run_counts",
    Base.metadata,
    Column("tenant_id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    *(Column(name, BigInteger, nullable=False, server_default=ZERO) for name in FIGURES),
    Index("run_counts_of_run", "run_id"),
)
"""What one transaction added to the figures of a run, or took off them: a run's figures are the sums."""
