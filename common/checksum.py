"""CRC32C, with which Google's services guard what they carry."""

import base64
from typing import Any


class Crc32c:
    """A running CRC32C (Castagnoli)."""

    def __init__(self) -> None:
        from google_crc32c import Checksum

        self._checksum: Any = Checksum()  # type: ignore[no-untyped-call]

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        self._checksum.update(data)

    def number(self) -> int:
        """The checksum so far, as Secret Manager writes it."""
        return int.from_bytes(self._checksum.digest(), "big")

    def base64(self) -> str:
        """The checksum so far, as Cloud Storage writes it: base64 of its four bytes, the highest first."""
        return base64.b64encode(self._checksum.digest()).decode()


def crc32c(data: bytes) -> str:
    """The checksum of `data`, as `Stored.crc32c` has it."""
    checksum = Crc32c()
    checksum.update(data)
    return checksum.base64()
