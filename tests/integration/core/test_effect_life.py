"""Any life of one write, at a target that may land a request late, lose it, throttle it or forget its key, makes one object.

Workers crash between any two steps, tell late what they saw, and look up what is there. Whatever happens: never two
objects, and the ledger never says that nothing was written while something was, or still may be.
"""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.effects import Confirmed, OpenSend, PlannedAgain, Refused, Result, Unknown
from tests.integration.core.books import Books
from tests.integration.core.ledger import Ledger, write

WINDOW = timedelta(minutes=30)
changes = itertools.count(1)


@dataclass
class Request:
    """One request on its way, or what came of it."""

    send: OpenSend
    attempt: int
    fate: str = "flying"
    remote_id: str = ""


@dataclass
class Vendor:
    """A target that remembers keys for a while."""

    objects: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def take(self, request: Request) -> None:
        """Carry out a request, or answer as the first time."""
        key = request.send.idempotency_key
        if key not in self.keys:
            self.keys[key] = f"{key}-{len(self.objects)}"
            self.objects.append(self.keys[key])
        request.fate, request.remote_id = "landed", self.keys[key]


class OneWrite(RuleBasedStateMachine):
    """A create, driven by workers that know nothing of each other."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self.ledger = Ledger(books)
        self.change = next(changes)
        self.vendor = Vendor()
        self.requests: list[Request] = []

    @property
    def flying(self) -> list[Request]:
        """Requests that may still land."""
        return [request for request in self.requests if request.fate == "flying"]

    @property
    def open_send(self) -> OpenSend | None:
        """What a worker finds that comes along."""
        return next(iter(self.ledger.open_sends(self.change)), None)

    @rule()
    def send_or_repeat(self) -> None:
        """A worker does the next thing that may be sent."""
        send = self.open_send
        if send is None:
            known = self.ledger.effects.ledger("default", "board", [self.change])
            if known and known[0].state == "confirmed":
                return
            send = self.ledger.freeze(write(self.change))
        if send.state == "sent" and not self.ledger.effects.may_repeat(send, within=WINDOW):
            return
        if self.ledger.mark(send, send.attempt + 1):
            self.requests.append(Request(send, send.attempt + 1))

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 9), fate=st.sampled_from(["lands", "lands", "lost", "throttled", "refused"]))
    def arrive(self, which: int, fate: str) -> None:
        """A request reaches the target, or does not."""
        self._arrive(self.flying[which % len(self.flying)], fate)

    def _arrive(self, request: Request, fate: str) -> None:
        if fate == "lands":
            self.vendor.take(request)
        else:
            request.fate = fate

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 9), timed_out=st.booleans())
    def tell(self, which: int, timed_out: bool) -> None:
        """The worker of a request tells what it saw, however long ago that was."""
        request = self.requests[which % len(self.requests)]
        answers: dict[str, Result] = {
            "landed": Confirmed(request.remote_id),
            "throttled": PlannedAgain(),
            "refused": Refused("no"),
        }
        result = Unknown() if timed_out else answers.get(request.fate, Unknown())
        results = {member.id: result for member in request.send.members}
        settled = self.ledger.effects.settle(request.send, attempt=request.attempt, results=results)
        assert settled.two_remote_objects == ()

    @rule(minutes=st.sampled_from([2, 31]), lands=st.booleans())
    def wait(self, minutes: int, lands: bool) -> None:
        """Time passes; by then every request has arrived or is lost, and keys may be forgotten."""
        for request in self.flying:
            self._arrive(request, "lands" if lands else "lost")
        self.ledger.later(minutes * 60)
        self.ledger.books.advance(minutes * 60)
        if minutes >= 30:
            self.vendor.keys.clear()

    @rule()
    def look_up(self) -> None:
        """A worker looks at the target for what is due."""
        due = self.ledger.effects.due_for_look_up("default", "board", [self.change])
        ids = [effect.id for effect in due]
        if self.vendor.objects:
            found, missing = dict.fromkeys(ids, self.vendor.objects[0]), []
        else:
            found, missing = {}, ids
        self.ledger.effects.looked_up(found=found, not_found=missing, settle_seconds=60)

    @rule()
    def give_up(self) -> None:
        """Somebody cancels."""
        self.ledger.effects.drop_planned("default", [self.change])

    @invariant()
    def there_is_one_object(self) -> None:
        assert len(self.vendor.objects) <= 1

    @invariant()
    def the_ledger_does_not_deny_what_may_be(self) -> None:
        for effect in self.ledger.effects.ledger("default", "board", [self.change]):
            if effect.state in ("planned", "refused", "dropped"):
                assert (self.vendor.objects, self.flying) == ([], [])
            if effect.state == "confirmed":
                assert [effect.remote_id] == self.vendor.objects
                assert self.ledger.remote_id(effect.key) == effect.remote_id


def test_any_life_of_a_write_makes_one_object(books: Books) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call, unused-ignore]
        lambda: OneWrite(books),  # type: ignore[arg-type]  # it takes whatever makes a machine
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
