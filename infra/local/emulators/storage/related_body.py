"""The body of a multipart upload: a JSON document, then the object's bytes."""

from collections.abc import AsyncIterator
from typing import Any

from . import errors
from .exchange import Body, parse_document
from .multipart import PartCutter, PartData, PartHead, boundary_of

_LONGEST_METADATA = 1 << 20


class RelatedBody:
    """Reads `metadata` first, `content` after it."""

    def __init__(self, body: Body, content_type: str) -> None:
        self._body = body
        self._cutter = PartCutter(boundary_of(content_type))
        self._parts = self._cut()
        self.content_type: str | None = None

    async def metadata(self) -> dict[str, Any]:
        """The first part; afterwards `content_type` is that of the second, if it names one."""
        document = bytearray()
        heads = 0
        async for part in self._parts:
            if isinstance(part, PartHead):
                heads += 1
                if heads == 2:
                    self.content_type = part.headers.get("content-type")
                    return parse_document(bytes(document))
                continue
            document += part.data
            if len(document) > _LONGEST_METADATA:
                raise errors.body_too_large(_LONGEST_METADATA)
        raise _malformed()

    async def content(self) -> AsyncIterator[bytes]:
        """The second part's bytes; raises 400 if the closing boundary is missing, or a third part follows."""
        async for part in self._parts:
            if isinstance(part, PartHead):
                raise _malformed()
            yield part.data
        if not self._cutter.closed:
            raise _malformed()

    async def _cut(self) -> AsyncIterator[PartHead | PartData]:
        async for piece in self._body.pieces():
            for part in self._cutter.feed(piece):
                yield part


def _malformed() -> errors.StorageError:
    return errors.invalid("Malformed multipart body.")
