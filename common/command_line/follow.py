"""Following a run until it ends, or until only people or a quota hold it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from common.command_line.progress import Progress
from common.command_line.watch import Jump, Look, Rules, Stop, Watch
from common.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from common.client import Shelfline

_UNANSWERED = 30.0  # seconds of an API that does not answer: a function is restarted in less


class MovableClock(Protocol):
    """A clock that can be moved ahead."""

    def now(self) -> datetime:
        """Its time."""
        ...

    def advance(self, to: datetime) -> datetime:
        """Move it; Conflict when it may not be moved."""
        ...


@dataclass(frozen=True)
class Followed:
    """The run at the last look, and why that was the last."""

    run: Mapping[str, Any]
    stop: Stop


class Follower:
    """Looks at one run again and again.

    clock: the local stack's, None for real time. pause: sleeps so many seconds.
    """

    def __init__(
        self,
        api: "Shelfline",
        shown: Progress,
        clock: MovableClock | None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._shown = shown
        self._clock = clock
        self._pause = pause

    def follow(self, run_id: str, rules: Rules) -> Followed:
        """Look until a `Stop`. Raises Unavailable when the API does not answer for half a minute."""
        watch = Watch(rules)
        while True:
            run = self._look(run_id, rules.pause)
            self._shown.update(run)
            watch, move = watch.look(run, self._now())
            match move:
                case Stop():
                    return Followed(run, move)
                case Jump():
                    watch = self._jump(watch, move)
                case Look(after=seconds):
                    self._pause(seconds)

    def _look(self, run_id: str, pause: float) -> dict[str, Any]:
        left = _UNANSWERED
        while True:
            asked = time.monotonic()
            try:
                return self._api.status(run_id)
            except Unavailable:
                left -= max(pause, time.monotonic() - asked)
                if left <= 0:
                    raise
                self._pause(pause)

    def _jump(self, watch: Watch, jump: Jump) -> Watch:
        clock = self._clock
        if clock is None:
            return watch.without_jumps()
        self._shown.tell(
            f"nothing to do before {jump.to.astimezone(UTC):%H:%M:%S} UTC: "
            f"moving the clock {jump.seconds:.0f} s ahead"
        )
        try:
            clock.advance(jump.to)
        except Conflict as error:
            if clock.now() >= jump.to:  # somebody else who follows a run moved it there first
                return watch
            self._shown.tell(f"waiting in real time: {error}")
            return watch.without_jumps()
        return watch

    def _now(self) -> datetime:
        return self._clock.now() if self._clock else datetime.now(UTC)
