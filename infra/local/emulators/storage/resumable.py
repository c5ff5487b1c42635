"""The protocol of resumable uploads, which the JSON and the XML API share."""

import asyncio
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from . import errors
from .byte_ranges import ContentRange, parse_content_range
from .checksums import Expected
from .exchange import ConnectionLost, Exchange
from .injection import Injector
from .intake import spool
from .records import ObjectRecord
from .sessions import Chunk, Session, UploadRequest
from .store import Store


class ResumableUploads:
    """Begins, continues and cancels uploads; one request at a time for each session."""

    def __init__(self, store: Store, injector: Injector) -> None:
        self._sessions = store.sessions
        self._injector = injector
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, exchange: Exchange, request: UploadRequest) -> Session:
        """Begin an upload."""
        address = request.address
        await self._injector.strike(
            exchange, "storage.resumable.start", bucket=address.bucket, name=address.name
        )
        return await run_in_threadpool(self._sessions.begin, request)

    async def proceed(self, exchange: Exchange, session_id: str) -> ObjectRecord | int:
        """Take a chunk in, or tell the state: the object once all is there, else how many bytes are kept."""
        async with self._lock(session_id):
            session = await run_in_threadpool(self._sessions.get, session_id)
            given = exchange.headers.get("content-range")
            content_range = parse_content_range(given) if given else None
            await self._strike(exchange, session, content_range)
            if session.finished is not None:
                await exchange.body.drain()
                return session.finished
            if content_range is not None and content_range.span is None:
                return await self._state(exchange, session, content_range.total)
            return await self._take(exchange, session, content_range)

    async def cancel(self, exchange: Exchange, session_id: str) -> None:
        """Forget the upload."""
        async with self._lock(session_id):
            session = await run_in_threadpool(self._sessions.get, session_id)
            address = session.request.address
            await self._injector.strike(
                exchange, "storage.resumable.cancel", bucket=address.bucket, name=address.name
            )
            await run_in_threadpool(self._sessions.cancel, session_id)

    def _lock(self, session_id: str) -> asyncio.Lock:
        """The session's lock; it is forgotten with the last request that holds it."""
        return self._locks.setdefault(session_id, asyncio.Lock())

    async def _strike(self, exchange: Exchange, session: Session, content_range: ContentRange | None) -> None:
        asks_only = content_range is not None and content_range.span is None
        operation = "storage.resumable.status" if asks_only else "storage.resumable.write"
        address = session.request.address
        await self._injector.strike(exchange, operation, bucket=address.bucket, name=address.name)

    async def _state(self, exchange: Exchange, session: Session, total: int | None) -> ObjectRecord | int:
        await exchange.body.drain()
        if total is not None and total == session.persisted:
            return await self._finish(exchange, session, total)
        return session.persisted

    async def _take(
        self, exchange: Exchange, session: Session, content_range: ContentRange | None
    ) -> ObjectRecord | int:
        """Without a Content-Range the body is the whole object."""
        span = content_range.span if content_range else None
        first = span.first if span else 0
        if first > session.persisted:
            raise errors.upload_gap(first, session.persisted)
        chunk = await run_in_threadpool(self._sessions.chunk, session)
        try:
            pieces = _skip(exchange.body.pieces(), session.persisted - first)
            rest = await spool(pieces, chunk.write)
        except ConnectionLost:
            await run_in_threadpool(self._sessions.keep, session, chunk, last=False)
            raise
        total = content_range.total if content_range else max(session.persisted, chunk.end + len(rest))
        end = span.last + 1 if span else total
        kept = await run_in_threadpool(self._keep, session, chunk, rest, end, total)
        return await self._finish(exchange, session, kept) if kept == total else kept

    def _keep(self, session: Session, chunk: Chunk, rest: bytes, end: int | None, total: int | None) -> int:
        chunk.write(rest)
        if end is not None and chunk.end != max(end, session.persisted):
            self._sessions.keep(session, chunk, last=False)
            raise errors.invalid("The body's length does not match the Content-Range header.")
        return self._sessions.keep(session, chunk, last=chunk.end == total)

    async def _finish(self, exchange: Exchange, session: Session, size: int) -> ObjectRecord:
        expected = Expected.of_headers(exchange.headers)
        return await run_in_threadpool(self._sessions.finish, session, size, expected)


async def _skip(pieces: AsyncIterator[bytes], count: int) -> AsyncIterator[bytes]:
    """The stream without its first `count` bytes: those a client sends again though they are kept."""
    async for piece in pieces:
        if len(piece) > count:
            yield piece[count:]
        count = max(0, count - len(piece))
