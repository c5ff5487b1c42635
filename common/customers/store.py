"""The versions of a tenant's customer book in Postgres."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.customers.book import CustomerBook
from common.database.engine import as_json
from common.errors import Misconfigured

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COLUMNS = "version, file, content_hash, loaded_at, loaded_by, document"
_LOCK = "select pg_advisory_xact_lock(hashtextextended('customer_books/' || :tenant, 0))"
_VALID = f"""
select {_COLUMNS} from customer_books
where tenant_id = :tenant and loaded_at <= coalesce(cast(:at as timestamptz), 'infinity')
order by version desc limit 1
"""  # noqa: S608  # only names of columns are put in
_INSERT = f"""
insert into customer_books (tenant_id, version, file, content_hash, document, loaded_by)
select :tenant, 1 + coalesce(max(version), 0), :file, :content_hash, cast(:document as jsonb), :by
from customer_books where tenant_id = :tenant
returning {_COLUMNS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBook:
    """A version of a book."""

    book: CustomerBook
    version: int
    """From 1."""
    file: str
    """The name of the file it was read from."""
    content_hash: str
    """SHA-256 of the file, in hexadecimal digits."""
    loaded_at: datetime
    """Business time from which on it is valid."""
    loaded_by: str


def load(
    connection: "Connection", tenant: str, book: CustomerBook, *, content: bytes, file: str, by: str
) -> tuple[StoredBook, bool]:
    """Make a book the tenant's valid one: (it as stored, whether that changed anything).

    content: the bytes it was read from. The content of the version that is valid already makes no new one.
    """
    _row(connection, _LOCK, tenant=tenant)  # two files loaded at once are two versions, one after the other
    content_hash = hashlib.sha256(content).hexdigest()
    before = _row(connection, _VALID, tenant=tenant, at=None)
    if before is not None and before["content_hash"] == content_hash:
        return _stored(before), False
    document = as_json(book.as_json())
    values = {"file": file, "content_hash": content_hash, "document": document, "by": by}
    made = _row(connection, _INSERT, tenant=tenant, **values)
    assert made is not None
    return _stored(made), True


def find(connection: "Connection", tenant: str, at: datetime | None = None) -> StoredBook | None:
    """The version that is valid, or was at a time; None when there is, or was, none."""
    found = _row(connection, _VALID, tenant=tenant, at=at)
    return _stored(found) if found is not None else None


def current(connection: "Connection", tenant: str, at: datetime | None = None) -> StoredBook:
    """As `find`: a run works with the version of its `frozen_at`. Raises Misconfigured when there is none."""
    found = find(connection, tenant, at)
    if found is None:
        when = f" at {at.isoformat(timespec='seconds')}" if at else ""
        raise Misconfigured(
            f"There is no customer book{when}; write one and load it: `shelfline customers load FILE`.",
            reason="no_customer_book",
        )
    return found


def _row(connection: "Connection", sql: str, **values: Any) -> dict[str, Any] | None:
    from sqlalchemy import text

    row = connection.execute(text(sql), values).mappings().first()
    return dict(row) if row is not None else None


def _stored(row: dict[str, Any]) -> StoredBook:
    return StoredBook(book=CustomerBook.from_json(row.pop("document")), **row)
