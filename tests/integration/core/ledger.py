"""The ledger as the tests of single effects use it: members by short names, and time that passes when told to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from common.effects import Confirmed, Effect, Effects, OpenSend, PlannedEffect
from tests.integration.core.books import Books

TARGET = "board"
SETTLE = 60.0
"""Seconds after a request until look-ups may begin."""


def write(change: int, key: str | None = None, *, operation: str = "create", part: str = "") -> PlannedEffect:
    """One write of a change; its key is made from the change unless named."""
    key = key or f"order-{change}"
    return PlannedEffect(
        item_id=change, key=key, part=part, change_id=change, operation=operation, content_hash="hash"
    )


class Ledger:
    """One tenant's writes to one board."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.effects = Effects(books.database)

    def freeze(self, *writes: PlannedEffect, body: str = "mutation") -> OpenSend:
        """One send of these writes, not sent yet."""
        return self.effects.freeze_body(
            "default", TARGET, run_id="run", chunk_id=1, effects=writes, body=body
        )

    def mark(self, send: OpenSend, attempt: int = 1) -> bool:
        """Commit that it is about to go out."""
        return self.effects.mark_sent(send, attempt=attempt, settle_seconds=SETTLE)

    def send(self, *writes: PlannedEffect) -> OpenSend:
        """One send of these writes that has gone out."""
        send = self.freeze(*writes)
        assert self.mark(send)
        return replace(send, state="sent", attempt=1)

    def open_sends(self, *changes: int) -> list[OpenSend]:
        """The sends of these changes that have not ended."""
        return self.effects.open_sends("default", TARGET, changes)

    def of(self, change: int) -> Effect:
        """The only effect of a change."""
        (effect,) = self.effects.ledger("default", TARGET, [change])
        return effect

    def states(self, changes: Sequence[int]) -> list[str]:
        """How these changes stand, in this order."""
        return [self.of(change).state for change in changes]

    def send_state(self, send: OpenSend) -> str:
        """How the send as a whole stands."""
        state: str = self.books.one("select state from sends where id = %s", send.id)
        return state

    def due(self, *changes: int) -> list[int]:
        """The changes among these that may be looked up now."""
        due = self.effects.due_for_look_up("default", TARGET, changes)
        return [effect.change_id for effect in due]

    def later(self, seconds: float = SETTLE + 1) -> None:
        """Let real time pass, as far as the ledger can tell."""
        back = "make_interval(secs => %s)"
        statement = f"update effects set deadline = deadline - {back}, not_found_at = not_found_at - {back}"
        self.books.run(statement, seconds, seconds)

    def not_found(self, *effects: int) -> list[str]:
        """How these effects stand after a look-up that found none of them."""
        told = self.effects.looked_up(found={}, not_found=effects, settle_seconds=SETTLE)
        return [told.states[effect] for effect in effects]

    def found(self, effect: int, remote_id: str) -> str:
        """How this effect stands after a look-up that found it."""
        told = self.effects.looked_up(found={effect: remote_id}, not_found=[], settle_seconds=SETTLE)
        return told.states[effect]

    def remote_id(self, key: str) -> str | None:
        """The object that stands for a key."""
        return self.effects.remote_ids("default", TARGET, [key]).get(key)

    def alarms(self) -> list[list[str]]:
        """The pairs of objects that alarms were told of."""
        return [
            row[0]
            for row in self.books.run(
                "select body->'remote_ids' from events where kind = 'alarm' and stream = 'run' and tenant_id = 'default' "
                "and body->>'reason' = 'two_remote_objects' order by id"
            )
        ]


def confirm(ledger: Ledger, send: OpenSend, *remote_ids: str) -> None:
    """The target has carried out every member; these are its ids, in the order of the body."""
    pairs = zip(send.members, remote_ids, strict=True)
    ledger.effects.settle(send, attempt=1, results={member.id: Confirmed(remote) for member, remote in pairs})


@dataclass(frozen=True)
class Held:
    """A chunk that a worker holds."""

    chunk_id: int
    token: str


def leased_chunk(books: Books) -> Held:
    """A chunk of the push step under a lease of one minute."""
    books.run(
        "insert into runs (id, tenant_id, flow, mode) values ('run', 'default', 'orders', 'PRODUCTION')"
    )
    statement = (
        "insert into chunks (tenant_id, run_id, step, lane, state, token, lease_until) values ('default', 'run', 'push', "
        "'board', 'leased', gen_random_uuid(), clock_timestamp() + interval '1 minute') returning id, token::text"
    )
    return Held(*books.run(statement)[0])
