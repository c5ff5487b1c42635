"""Remote objects: what a target is known to hold of ours."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from common.database.engine import as_json, call
from common.effects.book import Book

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LIVE = """
select o.key, o.remote_id from jsonb_array_elements_text(cast(%s as jsonb)) x
join remote_objects o on o.tenant_id = %s and o.target = %s and o.key = x and o.deleted_at is null
"""
_GONE = """
with ended as (
  update remote_objects o set deleted_at = shelfline_now() from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, remote_id text)
  where o.tenant_id = %s and o.target = %s and o.key = x.key and o.remote_id = x.remote_id and o.deleted_at is null returning o.*
)
update remote_objects o set deleted_at = ended.deleted_at from ended
where o.tenant_id = ended.tenant_id and o.target = ended.target and o.parent = ended.key and o.deleted_at is null
"""


class RemoteObjects(Book):
    """Our keys, and the ids of the objects that stand for them. Confirmed creates and archives keep them up to date."""

    def remote_ids(self, tenant: str, target: str, keys: Sequence[str]) -> dict[str, str]:
        """The id of each of these objects that is there; those without one are left out."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_LIVE, (as_json(list(keys)), tenant, target))
            return {row[0]: row[1] for row in rows}

    def adopt(
        self,
        tenant: str,
        target: str,
        objects: Mapping[str, str],
        *,
        parents: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Take over objects that the target already holds: remote id by key. Nothing is written at the target.

        parents: for objects inside others, the key of that other. Answers the keys known to be another object, with the
        id of that one: it stays, and a person has to say which is right.
        """
        rows = _rows(objects, parents or {})
        others: dict[str, str] = self._database.call("shelfline_adopt_v1", tenant, target, rows)
        return others

    def gone(self, tenant: str, target: str, objects: Mapping[str, str]) -> None:
        """The target does not hold these objects any more, though we have not ended them: remote id by key.

        What was made inside of them went with them. From here on another object may be made for each of these keys.
        """
        if not objects:
            return
        rows = as_json([{"key": key, "remote_id": remote} for key, remote in objects.items()])
        with self._database.transaction() as connection:
            connection.exec_driver_sql(_GONE, (rows, tenant, target))


def adopt(
    connection: "Connection",
    tenant: str,
    target: str,
    objects: Mapping[str, str],
    *,
    parents: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """As `RemoteObjects.adopt`, inside a transaction that writes more."""
    others: dict[str, str] = call(
        connection, "shelfline_adopt_v1", tenant, target, _rows(objects, parents or {})
    )
    return others


def _rows(objects: Mapping[str, str], parents: Mapping[str, str]) -> list[dict[str, str | None]]:
    return [{"key": key, "remote_id": remote, "parent": parents.get(key)} for key, remote in objects.items()]
