"""The names that people know uploaded files by."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST = 100
_KEYS = """
select session_id || '/' || number as key from upload_files where tenant_id = %s and filename = %s order by id desc limit %s
"""


def keys_of(connection: "Connection", tenant: str, text: str) -> list[str]:
    """The keys of uploads of files of this name, the newest first."""
    return list(connection.exec_driver_sql(_KEYS, (tenant, text, _MOST)).scalars())
