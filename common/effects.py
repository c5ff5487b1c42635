"""The ledger of outside writes: planned, sent (committed before the call), then confirmed, refused or unknown.

An effect is known by tenant, target, key, part and change; its content hash is a seal, not its identity. A crash after
`sent` leaves it unknown: only a look-up, after the deadline, may say what became of it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.database.engine import Database, DataRefused, as_json
from common.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEffect:
    """One write we mean to make."""

    item_id: int
    key: str
    change_id: int
    operation: str
    content_hash: str
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Several effects in one request, frozen: a retry sends the same bytes under the same key."""

    id: int
    state: str
    idempotency_key: str
    body_object: str
    body_hash: str
    attempt: int
    member_count: int


_OPEN_SEND = """
select s.* from sends s where s.tenant_id = %s and s.target = %s and s.id in (
  select e.send_id from effects e where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[])))
  and s.state in ('planned', 'sent') order by s.id limit 1
"""
_PLAN = """
insert into effects (tenant_id, run_id, target, item_id, key, part, change_id, operation, content_hash)
select %s, %s, %s, x.item_id, x.key, x.part, x.change_id, x.operation, x.content_hash
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, key text, part text, change_id bigint, operation text,
  content_hash text)
on conflict (tenant_id, target, key, part, change_id) do nothing
"""
_CONFIRMED = """
select e.change_id from effects e where e.tenant_id = %s and e.target = %s and e.change_id = any(cast(%s as bigint[]))
  and e.state = 'confirmed'
"""
_FREEZE = """
insert into sends (tenant_id, target, run_id, chunk_id, idempotency_key, body_object, body_hash, member_count)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (tenant_id, target, idempotency_key) do update set target = excluded.target returning *
"""
_JOIN = """
update effects set send_id = %s where tenant_id = %s and target = %s and change_id = any(cast(%s as bigint[]))
  and state = 'planned' and send_id is null
"""
_SENT_SEND = """
update sends set state = 'sent', attempt = %s where id = %s and attempt in (%s, %s) and state in ('planned', 'sent') returning id
"""
_SENT_EFFECTS = """
update effects set state = 'sent', attempt = %s, sent_at = clock_timestamp(),
  deadline = clock_timestamp() + make_interval(secs => %s) where send_id = %s and state in ('planned', 'sent', 'unknown')
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
returning id
"""
_MEMBERS = "select count(*) from effects where send_id = %s"
_REFUSE = """
update effects set state = 'refused', error = %s where send_id = %s and state in ('planned', 'sent', 'unknown')
"""
_REFUSED_SENDS = """
select count(*) from sends where tenant_id = %s and target = %s and state = 'refused'
  and (idempotency_key = %s or starts_with(idempotency_key, %s))
"""
_PLAN_AGAIN = """
update effects set state = 'planned', send_id = null, error = null, attempt = 0
where tenant_id = %s and target = %s and change_id = any(cast(%s as bigint[])) and state = 'refused'
"""
_UNIQUE_VIOLATION = "23505"


class Effects:
    """The ledger, for targets that take many effects in one frozen request."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def confirmed(self, tenant: str, target: str, change_ids: Sequence[int]) -> set[int]:
        """Which of these changes the target is known to hold."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_CONFIRMED, (tenant, target, _array(change_ids)))
            return {row[0] for row in rows}

    def open_send(self, tenant: str, target: str, change_ids: Sequence[int]) -> Send | None:
        """The send that some of these changes are already part of, and that is not settled."""
        with self._database.transaction() as connection:
            row = connection.exec_driver_sql(
                _OPEN_SEND, (tenant, target, tenant, target, _array(change_ids))
            ).one_or_none()
        return _send(row) if row else None

    def next_send_key(self, tenant: str, target: str, change_ids: Sequence[int]) -> str:
        """The key of the next send of these changes: one that was refused for good is replaced, not repeated."""
        with self._database.transaction() as connection:
            return _key_of_next_send(connection, tenant, target, change_ids)

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
        rows = [_row(effect) for effect in effects]
        changes = [effect.change_id for effect in effects]
        with self._database.transaction() as connection:
            key = key or _key_of_next_send(connection, tenant, target, changes)
            connection.exec_driver_sql(_PLAN_AGAIN, (tenant, target, _array(changes)))
            connection.exec_driver_sql(_PLAN, (tenant, run_id, target, as_json(rows)))
            values = (tenant, target, run_id, chunk_id, key, body_object, body_hash, len(effects))
            send = _send(connection.exec_driver_sql(_FREEZE, values).one())
            connection.exec_driver_sql(_JOIN, (send.id, tenant, target, _array(changes)))
            if connection.exec_driver_sql(_MEMBERS, (send.id,)).scalar() != len(effects):
                raise Conflict(
                    f"{target}: some of these changes are part of another send; finish that one first."
                )
        return send

    def mark_sent(self, send: Send, *, attempt: int, settle_seconds: float) -> bool:
        """Commit that we are about to send; the deadline for look-ups is `settle_seconds` from now.

        False when somebody else is further on, or when another write of one of the keys is still under way.
        """
        try:
            with self._database.transaction() as connection:
                guard = (attempt, send.id, attempt - 1, attempt)
                landed = connection.exec_driver_sql(_SENT_SEND, guard).one_or_none()
                if landed:
                    connection.exec_driver_sql(_SENT_EFFECTS, (attempt, settle_seconds, send.id))
        except DataRefused as error:
            if error.state == _UNIQUE_VIOLATION:  # effects_one_in_flight
                return False
            raise
        return landed is not None

    def confirm(self, send: Send, remote_id: str) -> None:
        """The target holds it: a fact, accepted from whoever knows, whatever was thought before."""
        with self._database.transaction() as connection:
            connection.exec_driver_sql(_CONFIRM_SEND, (send.id,))
            connection.exec_driver_sql(_CONFIRM, (remote_id, send.id))

    def refuse(self, send: Send, error: str) -> None:
        """The target has said no, for good; without effect on what is confirmed."""
        with self._database.transaction() as connection:
            if connection.exec_driver_sql(_REFUSE_SEND, (error, send.id)).one_or_none():
                connection.exec_driver_sql(_REFUSE, (error, send.id))


def send_key(tenant: str, target: str, change_ids: Sequence[int]) -> str:
    """The key of a send: the same members give the same key, in any process at any time."""
    members = ",".join(str(change) for change in sorted(change_ids))
    return hashlib.sha256(f"{tenant}/{target}/{members}".encode()).hexdigest()[:40]


def _key_of_next_send(connection: "Connection", tenant: str, target: str, change_ids: Sequence[int]) -> str:
    key = send_key(tenant, target, change_ids)
    refused = connection.exec_driver_sql(_REFUSED_SENDS, (tenant, target, key, f"{key}_")).scalar()
    return f"{key}_{refused}" if refused else key


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(str(number) for number in numbers) + "}"


def _row(effect: PlannedEffect) -> dict[str, Any]:
    return {name: getattr(effect, name) for name in effect.__slots__}


def _send(row: Any) -> Send:
    fields: Mapping[str, Any] = row._mapping
    return Send(**{name: fields[name] for name in Send.__slots__})


def parts_of(connection: "Connection", run_ids: Sequence[str], target: str) -> int:
    """Confirmed effects of runs at a target."""
    statement = "select count(*) from effects where run_id = any(cast(%s as text[])) and target = %s and state = 'confirmed'"
    count = connection.exec_driver_sql(statement, ("{" + ",".join(run_ids) + "}", target)).scalar()
    return int(count or 0)
