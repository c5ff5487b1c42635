"""Sealing a stream of events in hash-chained blocks, and verifying the chain.

The head of a chain is logged too: whoever can write the table can rewrite it from the start, but not the log.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.database.engine import Database, call

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold in a chain. block is None for events that should be in one and are not."""

    stream: str
    block: int | None
    problem: str


def seal(database: Database, tenant: str, stream: str) -> int:
    """Close a block over what is certain; the number of events sealed. Another sealer at work means 0."""
    with database.transaction() as connection:
        # In a statement of its own: the snapshot that chooses the events must be taken after the lock.
        locked = connection.exec_driver_sql(
            "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"{tenant}/{stream}",)
        ).scalar()
        sealed = int(call(connection, "shelfline_seal_v1", tenant, stream)) if locked else 0
        head = _head(connection, tenant, stream) if sealed else None
    if head:
        _log.info(
            "events_sealed", extra={"stream": stream, "block": head[0], "hash": head[1], "events": sealed}
        )
    return sealed


def verify(connection: "Connection", tenant: str, stream: str) -> list[Fault]:
    """Every fault of a stream's chain; an empty list is a whole chain."""
    rows = connection.exec_driver_sql(
        "select block, problem from shelfline_verify_v1(%s, %s)", (tenant, stream)
    )
    return [Fault(stream, row.block, row.problem) for row in rows]


def streams(connection: "Connection", tenant: str) -> Sequence[str]:
    """The streams of a tenant that have events."""
    rows = connection.exec_driver_sql(
        "select id from runs where tenant_id = %s union select %s order by 1", (tenant, f"tenant/{tenant}")
    )
    return [row[0] for row in rows]


def _head(connection: "Connection", tenant: str, stream: str) -> tuple[int, str] | None:
    row = connection.exec_driver_sql(
        "select block, hash from seals where tenant_id = %s and stream = %s order by block desc limit 1",
        (tenant, stream),
    ).one_or_none()
    return (row[0], row[1]) if row else None
