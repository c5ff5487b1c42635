"""Live events: one poller a process seals and looks for new blocks, however many people watch."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from common.database.engine import as_json
from common.errors import ShelflineError
from common.interface.desk import rows
from common.interface.events import MOST_AT_ONCE, Events, Place, StreamEvent
from common.pipeline import seals
from common.services import Services

_log = logging.getLogger(__name__)

POLL_EVERY = 0.5  # seconds
KEEP_ALIVE_EVERY = 15.0
POLLER = "feed-poller"
"""The name of the one task that looks for all watchers of a process."""
_RECONNECT_AFTER = 2000  # milliseconds; told to the watcher
_STILL_HERE = ": still here\n\n"

_HEADS = """
select s.tenant_id, s.stream, max(s.block) as block from seals s
join jsonb_to_recordset(cast(:watched as jsonb)) as w(tenant text, stream text) on w.tenant = s.tenant_id and w.stream = s.stream
group by 1, 2
"""

Watched = tuple[str, str]
"""Tenant and stream."""


class Glimpse(Protocol):
    """How far something is."""

    @property
    def run_id(self) -> str | None:
        """The run whose events tell of it; None before there is one."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will change by itself."""

    def model_dump_json(self) -> str:
        """As it is shown."""


class Feed:
    """Tells watchers that their stream has grown; each reads from its own place, so nothing is missed or told twice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._watchers: dict[Watched, set[asyncio.Event]] = defaultdict(set)
        self._heads: dict[Watched, int] = {}
        self._poller: asyncio.Task[None] | None = None

    @property
    def is_polling(self) -> bool:
        """Whether anybody watches, or did a moment ago."""
        return self._poller is not None and not self._poller.done()

    async def follow(
        self, events: Events, stream: str, place: Place, *, live: bool = True
    ) -> AsyncGenerator[str, None]:
        """Server-sent events after a place; with `live`, for as long as the watcher listens."""
        with self._watching((events.tenant, stream)) as grown:
            yield f"retry: {_RECONNECT_AFTER}\n\n"
            while True:
                found = await run_in_threadpool(events.after, stream, place)
                for event in found:
                    yield _written(event)
                    place = Place.parse(event.id)
                if len(found) == MOST_AT_ONCE:
                    continue
                if not live:
                    return
                yield await _news(grown)

    async def progress(
        self, events: Events, look: Callable[[], Glimpse], place: Place, *, live: bool = True
    ) -> AsyncGenerator[str, None]:
        """How far work is: now, whenever its run has told more, and at its end.

        Each event is the whole of it, under the place that its run has come to; what a watcher has seen at `place` is not told again.
        """
        yield f"retry: {_RECONNECT_AFTER}\n\n"
        seen = await run_in_threadpool(look)
        if seen.run_id is None:
            yield _shown(seen, place)
            async for told in self._awaited(look, live=live):
                yield told
            seen = await run_in_threadpool(look)
        if seen.run_id is None:
            return
        with self._watching((events.tenant, seen.run_id)) as grown:
            while True:
                end = await run_in_threadpool(events.end, seen.run_id)
                seen = await run_in_threadpool(look)
                if end != place or seen.is_over or not live:
                    yield _shown(seen, end)
                if seen.is_over or not live:
                    return
                place = end
                yield await _news(grown)

    async def _awaited(self, look: Callable[[], Glimpse], *, live: bool) -> AsyncGenerator[str, None]:
        """Comments now and then, until there is a run or it is known that there will be none."""
        looks = 0
        while live and not (seen := await run_in_threadpool(look)).is_over and seen.run_id is None:
            looks += 1
            if looks % round(KEEP_ALIVE_EVERY / POLL_EVERY) == 0:
                yield _STILL_HERE
            await asyncio.sleep(POLL_EVERY)

    @contextmanager
    def _watching(self, watched: Watched) -> Iterator[asyncio.Event]:
        """The flag that is raised when a stream has grown, for as long as somebody watches it."""
        grown = asyncio.Event()
        self._watchers[watched].add(grown)
        self._start()
        try:
            yield grown
        finally:
            self._watchers[watched].discard(grown)
            if not self._watchers[watched]:
                del self._watchers[watched]
                self._heads.pop(watched, None)

    def _start(self) -> None:
        if not self.is_polling:
            self._poller = asyncio.create_task(self._poll(), name=POLLER)

    async def _poll(self) -> None:
        while self._watchers:
            try:
                self._tell(await run_in_threadpool(self._look, list(self._watchers)))
            except ShelflineError as error:  # watchers keep listening; the next look may succeed
                _log.warning("feed_not_read", extra={"reason": error.reason, "error": str(error)})
            await asyncio.sleep(POLL_EVERY)

    def _look(self, watched: list[Watched]) -> dict[Watched, int]:
        for tenant, stream in watched:
            seals.seal(self._services.database, tenant, stream)
        wanted = as_json([{"tenant": tenant, "stream": stream} for tenant, stream in watched])
        with self._services.database.transaction() as connection:
            return {
                (row["tenant_id"], row["stream"]): row["block"]
                for row in rows(connection, _HEADS, watched=wanted)
            }

    def _tell(self, heads: dict[Watched, int]) -> None:
        for watched, block in heads.items():
            if self._heads.get(watched) != block and watched in self._watchers:
                self._heads[watched] = block
                for grown in self._watchers[watched]:
                    grown.set()


async def _news(grown: asyncio.Event) -> str:
    """Waits for news; a comment either way, which keeps proxies from closing a silent connection."""
    try:
        await asyncio.wait_for(grown.wait(), KEEP_ALIVE_EVERY)
    except TimeoutError:
        return _STILL_HERE
    grown.clear()
    return ": more\n\n"


def _shown(seen: Glimpse, place: Place) -> str:
    return f"id: {place}\nevent: progress\ndata: {seen.model_dump_json()}\n\n"


def _written(event: StreamEvent) -> str:
    # JSON has no line breaks of its own, so one data line holds it.
    return f"id: {event.id}\nevent: {event.kind}\ndata: {event.model_dump_json(exclude={'id'})}\n\n"
