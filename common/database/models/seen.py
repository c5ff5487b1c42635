"""Seen: what a set-based flow has read in a run.

A table and not a class: nothing reads its rows one by one.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from common.database.models.base import Base

seen = Table(
    "seen",
    Base.metadata,
    Column("tenant_id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("chunk_id", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("row_number", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("scope", Text, nullable=False, server_default=text("''")),
    Index("seen_in_chunk", "run_id", "chunk_id", "place"),
)
"""One row of the source each, by its key and fingerprint; kept until the run has been compared with the snapshots."""
