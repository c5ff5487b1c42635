"""MD5 and CRC32C of a stream, and what a caller says they should be."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import google_crc32c

from . import errors


class Digests:
    """Size, MD5 and CRC32C of the bytes fed so far."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc32c = 0
        self.size = 0

    def update(self, data: bytes) -> None:
        """Count these bytes in."""
        self._md5.update(data)
        self._crc32c = google_crc32c.extend(self._crc32c, data)
        self.size += len(data)

    @property
    def md5(self) -> str:
        """Base64, as `md5Hash` has it."""
        return base64.b64encode(self._md5.digest()).decode()

    @property
    def crc32c(self) -> str:
        """Base64 of the four big-endian bytes, as `crc32c` has it."""
        return base64.b64encode(self._crc32c.to_bytes(4, "big")).decode()


@dataclass(frozen=True)
class Expected:
    """The checksums a caller gave, base64; None where it gave none."""

    md5: str | None = None
    crc32c: str | None = None

    @classmethod
    def of_resource(cls, resource: Mapping[str, Any]) -> Self:
        """From an object resource's `md5Hash` and `crc32c`."""
        return cls(resource.get("md5Hash"), resource.get("crc32c"))

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> Self:
        """From `x-goog-hash: crc32c=..,md5=..` and `Content-MD5`."""
        given = dict(item.strip().partition("=")[::2] for item in headers.get("x-goog-hash", "").split(","))
        return cls(given.get("md5") or headers.get("content-md5"), given.get("crc32c"))

    def merged(self, later: "Expected") -> "Expected":
        """These, with what is given later taking their place."""
        return Expected(later.md5 or self.md5, later.crc32c or self.crc32c)

    def check(self, digests: Digests) -> None:
        """Raise 400 unless the bytes are those the caller has hashed."""
        if self.md5 and self.md5 != digests.md5:
            raise errors.checksum_mismatch("MD5 hash", self.md5, digests.md5)
        if self.crc32c and self.crc32c != digests.crc32c:
            raise errors.checksum_mismatch("CRC32C", self.crc32c, digests.crc32c)
