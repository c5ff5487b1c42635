"""Uploads that nobody has ended."""

from typing import TYPE_CHECKING

from common.settings.designs import UploadSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

# A tenant may have a time of its own.
_ABANDON = """
update upload_sessions s set state = 'abandoned', closed_at = shelfline_now()
where s.state = 'open' and s.created_at < shelfline_now() - make_interval(mins => coalesce(
  (select (t.value#>>'{}')::integer from settings t where t.tenant_id = s.tenant_id and t.name = 'upload_abandoned_minutes'), %s))
"""


def close_abandoned(connection: "Connection") -> dict[str, int]:
    """Close what is open for too long. What has come of it stays in storage, and is known when it is sent again."""
    default = UploadSettings.upload_abandoned_minutes.default
    return {"uploads_abandoned": connection.exec_driver_sql(_ABANDON, (default,)).rowcount}
