"""Sends that end as a whole: one big body, kept as an object, that the target takes or refuses."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.database.array import array
from common.effects.book import Book
from common.effects.effect import PlannedEffect
from common.effects.freezing import frozen
from common.effects.send import Send, send_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OPEN_SEND = """
select s.* from sends s where s.tenant_id = %s and s.target = %s and s.state in ('planned', 'sent')
  and s.id in (select e.send_id from effects e where e.change_id = any(cast(%s as bigint[]))) order by s.id limit 1
"""
_SEND = "select s.* from sends s where s.id = %s"
_KEY_HAS_ENDED = """
select exists (select from sends where tenant_id = %s and target = %s and idempotency_key = %s
  and state not in ('planned', 'sent'))
"""
_CONFIRM = """
update effects set state = 'confirmed', remote_id = %s, confirmed_at = clock_timestamp()
where send_id = %s and state in ('sent', 'unknown', 'refused')
"""
_CONFIRM_SEND = """
update sends set state = 'confirmed', settled_at = shelfline_now(), error = null where id = %s and state <> 'confirmed'
"""
_REFUSE_SEND = """
update sends set state = 'refused', settled_at = shelfline_now(), error = %s where id = %s and state in ('planned', 'sent')
"""
_REFUSE = """
update effects e set state = 'refused', error = %s from sends s
where s.id = %s and s.state in ('planned', 'sent') and e.send_id = s.id and e.state in ('planned', 'sent', 'unknown')
"""


class WholeSends(Book):
    """For targets that take many effects in one frozen request, all or none of them."""

    def open_send(self, tenant: str, target: str, change_ids: Sequence[int]) -> Send | None:
        """The send that some of these changes are already part of, and that is not settled."""
        with self._database.transaction() as connection:
            parameters = (tenant, target, array(change_ids))
            row = connection.exec_driver_sql(_OPEN_SEND, parameters).one_or_none()
        return send_of(row) if row else None

    def next_send_key(self, tenant: str, target: str, change_ids: Sequence[int]) -> str:
        """The key of the next send of these changes: one that was refused for good is replaced, not repeated."""
        first = key = send_key(tenant, target, change_ids)
        number = 0
        with self._database.transaction() as connection:
            while connection.exec_driver_sql(_KEY_HAS_ENDED, (tenant, target, key)).scalar():
                number += 1
                key = f"{first}_{number}"
        return key

    def freeze(
        self,
        tenant: str,
        target: str,
        *,
        run_id: str,
        chunk_id: int,
        effects: Sequence[PlannedEffect],
        body_object: str,
        body_hash: str,
        key: str | None = None,
    ) -> Send:
        """Plan these effects and bind them into one send; the same effects give the same send again.

        key: as `next_send_key` said it, where the body had to be kept under it before. A send that was refused is replaced
        by a new one, under a key of its own. Raises Conflict when one of the effects is part of another send.
        """
        own_key = key or send_key(tenant, target, [effect.change_id for effect in effects])
        plan = {
            "tenant": tenant,
            "target": target,
            "run": run_id,
            "chunk": chunk_id,
            "body_object": body_object,
        }
        plan |= {"body_hash": body_hash, "key": own_key, "key_is_final": key is not None}
        plan["effects"] = [effect.row(position) for position, effect in enumerate(effects)]
        send_id = frozen(self._database, "shelfline_freeze_send_v1", plan)
        with self._database.transaction() as connection:
            return send_of(connection.exec_driver_sql(_SEND, (send_id,)).one())

    def confirm(self, send: Send, remote_id: str) -> None:
        """The target holds it: a fact, accepted from whoever knows, whatever was thought before."""
        with self._database.transaction() as connection:
            connection.exec_driver_sql(_CONFIRM, (remote_id, send.id))
            connection.exec_driver_sql(_CONFIRM_SEND, (send.id,))

    def refuse(self, send: Send, error: str) -> None:
        """The target has said no, for good; without effect on what is confirmed."""
        with self._database.transaction() as connection:
            connection.exec_driver_sql(_REFUSE, (error, send.id))
            connection.exec_driver_sql(_REFUSE_SEND, (error, send.id))


def send_key(tenant: str, target: str, change_ids: Sequence[int]) -> str:
    """The key of a send that holds one effect of each of these changes: the same members give the same key."""
    members = ",".join(str(change) for change in sorted(change_ids))
    return hashlib.sha256(f"{tenant}/{target}/{members}".encode()).hexdigest()[:40]


def parts_of(connection: "Connection", run_ids: Sequence[str], target: str) -> int:
    """Confirmed effects of runs at a target."""
    statement = "select count(*) from effects where run_id = any(cast(%s as text[])) and target = %s and state = 'confirmed'"
    count = connection.exec_driver_sql(statement, (array(run_ids), target)).scalar()
    return int(count or 0)
