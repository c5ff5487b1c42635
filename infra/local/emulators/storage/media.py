"""The bytes of an object as an HTTP answer: ranges, headers, gzip undone for clients that cannot read it."""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .byte_ranges import Span, parse_range
from .connection import cut
from .exchange import Exchange
from .records import ObjectRecord

_BLOCK = 256 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NAMED = {
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentLanguage": "Content-Language",
}


def needs_unzipping(record: ObjectRecord, headers: Mapping[str, str]) -> bool:
    """Whether stored gzip must be undone. Source: https://cloud.google.com/storage/docs/transcoding"""
    stored_zipped = record.writable.get("contentEncoding") == "gzip"
    fixed = "no-transform" in str(record.writable.get("cacheControl", ""))
    return stored_zipped and not fixed and "gzip" not in headers.get("accept-encoding", "")


class MediaResponse(Response):
    """Sends an open content file in blocks, and closes it.

    Building it reads the first block: use a worker thread.
    """

    def __init__(
        self, exchange: Exchange, record: ObjectRecord, stream: BinaryIO, more: Mapping[str, str]
    ) -> None:
        """more: headers that differ between the two APIs. Raises 416 for a range outside the object."""
        self._stream = stream
        self._unzip = needs_unzipping(record, exchange.headers)
        span = None if self._unzip else parse_range(exchange.headers.get("range"), record.size)
        self.status_code = 200 if span is None else 206
        self.background = None
        self.raw_headers = _raw(_headers(record, span, unzipped=self._unzip) | dict(more))
        whole = span or Span(0, record.size - 1)
        stream.seek(whole.first)
        self._left = 0 if exchange.method == "HEAD" else whole.length
        self._truncated = exchange.truncated
        if self._truncated:
            self._left //= 2
        self._blocks = self._unzipped() if self._unzip else self._read()
        self._first = next(self._blocks, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(start)
            block = self._first
            while block:
                await send({"type": "http.response.body", "body": block, "more_body": True})
                block = await run_in_threadpool(next, self._blocks, b"") if self._left else b""
        finally:
            self._stream.close()
        if self._truncated:
            await cut(scope, receive, flush=True)
        else:
            await send({"type": "http.response.body", "body": b""})

    def release(self) -> None:
        """Close the content file without sending it."""
        self._stream.close()

    def _read(self) -> Iterator[bytes]:
        while self._left and (block := self._stream.read(min(_BLOCK, self._left))):
            self._left -= len(block)
            yield block

    def _unzipped(self) -> Iterator[bytes]:
        inflate: Callable[[bytes], bytes] = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress
        yield from filter(None, map(inflate, self._read()))


def _headers(record: ObjectRecord, span: Span | None, *, unzipped: bool) -> dict[str, str]:
    encoding = record.writable.get("contentEncoding")
    hashes = f"crc32c={record.crc32c}" + (f",md5={record.md5}" if record.md5 else "")
    headers = {
        "Content-Type": record.content_type,
        "Accept-Ranges": "none" if unzipped else "bytes",
        "Cache-Control": "private, max-age=0",
        "ETag": record.etag,
        "Last-Modified": format_datetime(datetime.fromisoformat(record.created), usegmt=True),
        "X-Goog-Generation": str(record.generation),
        "X-Goog-Metageneration": str(record.metageneration),
        "X-Goog-Hash": hashes,
        "X-Goog-Storage-Class": str(record.writable.get("storageClass", "STANDARD")),
        "X-Goog-Stored-Content-Encoding": str(encoding or "identity"),
        "X-Goog-Stored-Content-Length": str(record.size),
    }
    headers |= {
        header: str(record.writable[key]) for key, header in _NAMED.items() if record.writable.get(key)
    }
    if unzipped:
        return headers | {"Warning": "214 UploadServer gunzipped", "Transfer-Encoding": "chunked"}
    if encoding:
        headers["Content-Encoding"] = str(encoding)
    if span is not None:
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{record.size}"
    headers["Content-Length"] = str(span.length if span else record.size)
    return headers


def metadata_headers(record: ObjectRecord) -> dict[str, str]:
    """Custom metadata as the XML API shows it, and the ETag in quotes."""
    custom: Mapping[str, str] = record.writable.get("metadata") or {}
    headers = {f"x-goog-meta-{name}": str(value) for name, value in custom.items()}
    return {**headers, "ETag": f'"{record.etag}"'}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Values in UTF-8, as the service sends metadata that is not ASCII."""
    return [(name.lower().encode(), _CONTROL.sub(" ", value).encode()) for name, value in headers.items()]
