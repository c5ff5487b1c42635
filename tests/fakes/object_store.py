"""A bucket in memory."""

import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import BinaryIO

from common.checksum import crc32c
from common.errors import Conflict, NotFound
from common.objects.reader import open_reader
from common.objects.store import SignedRequest, Stored


class FakeObjectStore:
    """Keeps objects in a dict. What it signs is carried out by `perform`, which stands for a browser."""

    def __init__(self, *, reader_piece: int = 8) -> None:
        self.contents: dict[str, bytes] = {}
        self._stored: dict[str, Stored] = {}
        self._generation = 0
        self._reader_piece = reader_piece
        self._signed: dict[str, tuple[str, int]] = {}

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation: int | None = None,
    ) -> Stored:
        """See ObjectStore.put."""
        self._check(name, if_generation)
        content = data if isinstance(data, bytes) else data.read()
        self._generation += 1
        stored = Stored(
            name, self._generation, len(content), crc32c(content), content_type, dict(metadata or {})
        )
        self.contents[name], self._stored[name] = content, stored
        return stored

    def get(self, name: str) -> bytes:
        """See ObjectStore.get."""
        if name not in self.contents:
            raise NotFound(f"there is no object {name}")
        return self.contents[name]

    def open(self, name: str) -> BinaryIO:
        """See ObjectStore.open."""
        self.get(name)
        stored = self._stored[name]
        return open_reader(stored, lambda start, end: self._piece(stored, start, end), self._reader_piece)

    def stat(self, name: str) -> Stored | None:
        """See ObjectStore.stat."""
        return self._stored.get(name)

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """See ObjectStore.list."""
        return iter([self._stored[name] for name in sorted(self._stored) if name.startswith(prefix)])

    def delete(self, name: str, if_generation: int | None = None) -> bool:
        """See ObjectStore.delete."""
        if name not in self._stored:
            return False
        self._check(name, if_generation)
        del self.contents[name], self._stored[name]
        return True

    def signed_upload_url(
        self, name: str, *, content_type: str, expires: timedelta, max_size: int
    ) -> SignedRequest:
        """See ObjectStore.signed_upload_url."""
        headers = {
            "Content-Type": content_type,
            "x-goog-content-length-range": f"0,{max_size}",
            "x-goog-if-generation-match": "0",
        }
        return self._sign("PUT", name, max_size, headers)

    def signed_download_url(self, name: str, *, expires: timedelta) -> SignedRequest:
        """See ObjectStore.signed_download_url."""
        return self._sign("GET", name, 0, {})

    def perform(self, request: SignedRequest, body: bytes = b"") -> tuple[int, bytes]:
        """Make a signed request as a browser would; answers status and content."""
        if request.url not in self._signed:
            return 403, b""
        name, max_size = self._signed[request.url]
        if request.method == "GET":
            return (200, self.contents[name]) if name in self.contents else (404, b"")
        if len(body) > max_size:
            return 400, b""
        if name in self.contents:
            return 412, b""
        self.put(name, io.BytesIO(body), content_type=request.headers["Content-Type"])
        return 200, b""

    def _sign(self, method: str, name: str, max_size: int, headers: Mapping[str, str]) -> SignedRequest:
        url = f"memory://{method}/{name}?signature={len(self._signed)}"
        self._signed[url] = (name, max_size)
        return SignedRequest(method, url, headers)

    def _check(self, name: str, if_generation: int | None) -> None:
        stored = self._stored.get(name)
        if if_generation is not None and if_generation != (stored.generation if stored else 0):
            raise Conflict(f"another generation of {name} is stored")

    def _piece(self, stored: Stored, start: int, end: int) -> bytes:
        if self._stored.get(stored.name) != stored:
            raise Conflict(f"{stored.name} was replaced while it was read")
        return self.contents[stored.name][start : end + 1]
