"""Freezing and sending: what goes out together, and that it is about to."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from common.boundary import clean_text
from common.database.array import array
from common.database.engine import DataRefused, as_json
from common.effects.book import Book
from common.effects.effect import PlannedEffect
from common.effects.freezing import frozen
from common.effects.send import OpenSend, Send, open_send_of

_OPEN_SENDS = """
select shelfline_open_send_v1(s.id) from sends s where s.tenant_id = %s and s.target = %s and s.state in ('planned', 'sent')
  and s.id in (select e.send_id from effects e where e.change_id = any(cast(%s as bigint[]))) order by s.id
"""
_MAY_REPEAT = """
select s.state = 'sent' and s.sent_at > shelfline_now() - make_interval(secs => %s) and s.member_count =
  (select count(*) from effects e where e.send_id = s.id and e.state in ('sent', 'unknown', 'confirmed'))
from sends s where s.id = %s
"""


class Lease(Protocol):
    """What a claimed chunk says of our right to work on it."""

    @property
    def chunk_id(self) -> int:
        """The chunk."""
        ...

    @property
    def token(self) -> str:
        """Ours, while the lease lasts."""
        ...


class Sending(Book):
    """Sends whose members end one by one, from their plan until they go out."""

    def freeze_body(
        self,
        tenant: str,
        target: str,
        *,
        run_id: str,
        chunk_id: int,
        effects: Sequence[PlannedEffect],
        body: str,
    ) -> OpenSend:
        """Plan these effects and bind them, in this order, into one send with this body, kept in the ledger.

        body: what will be sent, as UTF-8; up to about a megabyte. The same members give the same send again, in the order
        and with the body of the first time; go by what is answered. Members of a send that has failed get a new one, under
        a key of its own. Raises Conflict when one of the effects is part of another open send, or confirmed.
        """
        body = clean_text(body)
        plan = {"tenant": tenant, "target": target, "run": run_id, "chunk": chunk_id, "body": body}
        plan["effects"] = [effect.row(position) for position, effect in enumerate(effects)]
        plan |= {
            "key": members_key(tenant, target, effects),
            "body_hash": hashlib.sha256(body.encode()).hexdigest(),
        }
        return open_send_of(frozen(self._database, "shelfline_freeze_body_v1", plan))

    def open_sends(self, tenant: str, target: str, change_ids: Sequence[int]) -> list[OpenSend]:
        """The sends that some of these changes are part of and that have not ended, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(_OPEN_SENDS, (tenant, target, array(change_ids)))
            return [open_send_of(row[0]) for row in rows]

    def mark_sent(
        self,
        send: Send,
        *,
        attempt: int,
        settle_seconds: float,
        claim: Lease | None = None,
        lease_seconds: float = 0,
        inverses: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> bool:
        """Commit that we are about to send; look-ups have to wait for `settle_seconds` from now.

        attempt: one above the last for a request of its own; the same again only for the very same request.
        settle_seconds: time-out of the request plus the time the target takes to show what it did.
        claim: the chunk's lease, checked in the same transaction; it must last for `lease_seconds` more, the time in which the
        request has to leave. inverses: what the target holds now, by effect id.
        False when the lease is lost, somebody else is further on, another write of one of the keys is under way, a member
        has left the send, or it would create an object that is there already (then the send is undone, if never sent).
        """
        said: dict[str, Any] = {"send": send.id, "attempt": attempt, "settle_seconds": settle_seconds}
        if claim is not None:
            said |= {"chunk": claim.chunk_id, "token": claim.token, "lease_seconds": lease_seconds}
        if inverses:
            said["inverses"] = inverses
        try:
            return bool(self._database.call("shelfline_mark_sent_v1", said))
        except DataRefused as error:
            if error.is_taken:  # effects_one_in_flight
                return False
            raise

    def may_repeat(self, send: Send, *, within: timedelta) -> bool:
        """Whether the same bytes may go out again under the same key.

        within: how long the target remembers a key after its first request. No as soon as one member was refused or is
        planned anew: the bytes would write it a second time.
        """
        with self._database.transaction() as connection:
            parameters = (within.total_seconds(), send.id)
            return bool(connection.exec_driver_sql(_MAY_REPEAT, parameters).scalar())

    def dissolve(self, send: Send) -> bool:
        """Undo a send that never went out: its members may be frozen in other company. False when it did, or has ended."""
        return bool(self._database.call("shelfline_dissolve_send_v1", send.id))

    def drop_planned(self, tenant: str, change_ids: Sequence[int]) -> set[int]:
        """Give up what was not sent, of changes that are superseded or cancelled; answers those that had any.

        What is under way stays: a look-up has to say what became of it.
        """
        return set(self._database.call("shelfline_drop_planned_v1", tenant, list(change_ids)))


def members_key(tenant: str, target: str, effects: Sequence[PlannedEffect]) -> str:
    """The key of a send: the same members give the same key, in any order and any process at any time."""
    members = as_json([tenant, target, sorted(effect.identity for effect in effects)])
    return hashlib.sha256(members.encode()).hexdigest()[:40]
