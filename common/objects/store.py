"""The port to one bucket of objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it is stored.

    generation rises with each write of the same name; size is in bytes; crc32c is the base64 of its
    big-endian bytes.
    """

    name: str
    generation: int
    size: int
    crc32c: str
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that anybody may make until it expires: exactly this method and URL, with these headers."""

    method: str
    url: str = field(repr=False)  # whoever has it may make the request
    headers: Mapping[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    """One bucket. Every method may also raise

    Unavailable: the service did not answer; whether a write landed is not known, `stat` tells.
    Misconfigured: the bucket, the credentials or the permission is missing; the message says which.
    """

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation: int | None = None,
    ) -> Stored:
        """Write an object whole; readers see the old one or the new one, never a part.

        if_generation: write only if this is the stored generation, 0 only if there is no object; None
        always writes.

        Raises:
            Conflict: another generation is stored. It may be our own write whose answer was lost: compare
                `crc32c` and the effect id in `metadata` of what is stored before acting on it.
        """
        ...

    def get(self, name: str) -> bytes:
        """The whole content, checked against its checksum.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The content as a stream, forward only, of the one generation that was stored at this moment; for
        what may not fit in memory. Close it.

        Raises:
            NotFound: there is no such object.
            Conflict: from a read: the object was replaced or deleted meanwhile.
        """
        ...

    def stat(self, name: str) -> Stored | None:
        """What is stored under a name, None if nothing."""
        ...

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Every object whose name starts with `prefix`, by name; fetched a page at a time."""
        ...

    def delete(self, name: str, if_generation: int | None = None) -> bool:
        """Delete an object; False if there was none.

        Raises:
            Conflict: another generation than `if_generation` is stored.
        """
        ...

    def signed_upload_url(
        self, name: str, *, content_type: str, expires: timedelta, max_size: int
    ) -> SignedRequest:
        """A request with which a browser uploads one object of at most `max_size` bytes straight to the
        bucket, once: while there is an object of that name it is refused with 412, so that what was read stays as it was.

        expires: from now, at most 7 days.
        """
        ...

    def signed_download_url(self, name: str, *, expires: timedelta) -> SignedRequest:
        """A request with which a browser fetches one object. Whether it exists is not checked."""
        ...
