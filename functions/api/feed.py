"""Live events: one poller a process seals and looks for new blocks, however many people watch."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator

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

_HEADS = """
select s.tenant_id, s.stream, max(s.block) as block from seals s
join jsonb_to_recordset(cast(:watched as jsonb)) as w(tenant text, stream text) on w.tenant = s.tenant_id and w.stream = s.stream
group by 1, 2
"""

Watched = tuple[str, str]
"""Tenant and stream."""


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
        watched, grown = (events.tenant, stream), asyncio.Event()
        self._watchers[watched].add(grown)
        self._start()
        try:
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
        finally:
            self._leave(watched, grown)

    def _leave(self, watched: Watched, grown: asyncio.Event) -> None:
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
        return ": still here\n\n"
    grown.clear()
    return ": more\n\n"


def _written(event: StreamEvent) -> str:
    # JSON has no line breaks of its own, so one data line holds it.
    return f"id: {event.id}\nevent: {event.kind}\ndata: {event.model_dump_json(exclude={'id'})}\n\n"
