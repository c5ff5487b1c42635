"""Remote objects: what a target is known to hold of ours."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from common.effects.book import Book

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LIVE = """
select o.key, o.remote_id from jsonb_array_elements_text(cast(%s as jsonb)) x
join remote_objects o on o.tenant_id = %s and o.target = %s and o.key = x and o.deleted_at is null
"""


class RemoteObjects(Book):
    """Our keys, and the ids of the objects that stand for them. Confirmed creates and archives keep them up to date."""

    def remote_ids(self, tenant: str, target: str, keys: Sequence[str]) -> dict[str, str]:
        """The id of each of these objects that is there; those without one are left out."""
        from common.database.engine import as_json

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


def adopt(
    connection: "Connection",
    tenant: str,
    target: str,
    objects: Mapping[str, str],
    *,
    parents: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """As `RemoteObjects.adopt`, inside a transaction that writes more."""
    from common.database.engine import call

    others: dict[str, str] = call(
        connection, "shelfline_adopt_v1", tenant, target, _rows(objects, parents or {})
    )
    return others


def _rows(objects: Mapping[str, str], parents: Mapping[str, str]) -> list[dict[str, str | None]]:
    return [{"key": key, "remote_id": remote, "parent": parents.get(key)} for key, remote in objects.items()]
