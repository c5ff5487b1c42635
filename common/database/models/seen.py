"""Seen: what a set-based flow has read in a run.

A table and not a class: nothing reads its rows one by one.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

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
    Column("digest", LargeBinary),
    Index("seen_in_chunk", "run_id", "chunk_id", "place"),
)
"""One row of the source each, by its key and fingerprint; kept until the run has been compared with the snapshots."""

recognised = Table(
    "recognised",
    Base.metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("chunk_id", BigInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("snapshot_ids", ARRAY(BigInteger), nullable=False),
    Column("row_numbers", ARRAY(BigInteger), nullable=False),
)
"""Rows that look as they did when they were last found unchanged, a segment in one: which snapshots they are."""

row_digests = Table(
    "row_digests",
    Base.metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("snapshot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
    Index("row_digests_by_digest", "digest", "tenant_id", postgresql_include=["snapshot_id"]),
)
"""By what a row is recognised: its cells, as they came, say what the snapshot's `considered_hash` says. Goes when that changes."""
