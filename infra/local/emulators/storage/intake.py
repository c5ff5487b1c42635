"""Takes bodies of any length in: blocks to disk in worker threads, never more than one block in memory."""

from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool

from .content import ContentWriter
from .exchange import ConnectionLost
from .records import Draft, ObjectRecord
from .sessions import UploadRequest
from .store import Store

_BLOCK = 1 << 20


async def spool(pieces: AsyncIterator[bytes], write: Callable[[bytes], None]) -> bytes:
    """Hand a stream to `write` in blocks of 1 MiB, each in a worker thread.

    Returns what is left at the end, unwritten: its writing then shares a thread's turn with what comes
    after, so a small body costs one turn in all.
    """
    waiting = bytearray()
    try:
        async for piece in pieces:
            waiting += piece
            if len(waiting) >= _BLOCK:
                block = bytes(waiting)
                waiting.clear()
                await run_in_threadpool(write, block)
    except ConnectionLost:
        await run_in_threadpool(write, bytes(waiting))  # a resumable upload keeps what has arrived
        raise
    return bytes(waiting)


async def store_object(store: Store, pieces: AsyncIterator[bytes], request: UploadRequest) -> ObjectRecord:
    """Write a stream as one object; nothing of it stays if it breaks off or may not be written."""
    writer = store.content.writer()
    try:
        rest = await spool(pieces, writer.write)
    except BaseException:
        writer.discard()
        raise
    return await run_in_threadpool(_finish, store, writer, rest, request)


def _finish(store: Store, writer: ContentWriter, rest: bytes, request: UploadRequest) -> ObjectRecord:
    digests = writer.digests
    try:
        writer.write(rest)
        request.check_length(digests.size)
        request.expected.check(digests)
        writer.seal()
    except BaseException:
        writer.discard()
        raise
    draft = Draft(request.address, writer.file, digests.size, digests.crc32c, digests.md5, request.writable)
    return store.objects.commit(draft, request.preconditions)
