"""Uploads that nobody has ended."""

from typing import TYPE_CHECKING

from common.settings.designs import UploadSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

# A tenant may have a time of its own.
_ABANDON = """
update upload_sessions s set state = 'abandoned', closed_at = shelfline_now()
where s.state = 'open' and s.announced_at < shelfline_now() - make_interval(mins => coalesce(
  (select (t.value#>>'{}')::integer from settings t where t.tenant_id = s.tenant_id and t.name = 'upload_abandoned_minutes'), %s))
"""


def close_abandoned(connection: "Connection") -> dict[str, int]:
    """Close what nothing was announced for in too long. Nothing of it was read, so its files are sent again in another upload."""
    default = UploadSettings.upload_abandoned_minutes.default
    return {"uploads_abandoned": connection.exec_driver_sql(_ABANDON, (default,)).rowcount}
