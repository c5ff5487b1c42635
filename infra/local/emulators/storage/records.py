"""An object as it is kept, and as the API shows it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from . import errors
from .merge_patch import merge

# What a caller may set; all else of the resource is the service's own.
WRITABLE = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "customTime",
    "metadata",
    "storageClass",
)
_REFUSED = ("contexts", "customerEncryption", "eventBasedHold", "kmsKeyName", "retention", "temporaryHold")


def rfc3339(moment: datetime) -> str:
    """A moment in UTC as the API writes it: milliseconds and Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def writable_part(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What of a caller's resource is to be kept; raises 501 for settings that are not honoured."""
    for name in _REFUSED:
        if resource.get(name):
            raise errors.not_covered(f"The object field {name}")
    wanted = merge({}, {name: resource[name] for name in WRITABLE if name in resource})
    if "customTime" in wanted:
        _check_moment("customTime", wanted["customTime"])
    return wanted


def _check_moment(name: str, text: Any) -> None:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        aware = False
    if not aware:
        raise errors.invalid(f"Invalid value '{text}' for {name}: it must look like 2030-12-31T23:59:59Z.")


@dataclass(frozen=True)
class Address:
    """Where an object is. generation: None for the live one."""

    bucket: str
    name: str
    generation: int | None = None


@dataclass(frozen=True)
class Draft:
    """An object about to be written: its bytes are in a content file, no row speaks of it yet.

    md5: None for a composed object, as in the service. components: how many parts were composed; 0 if none.
    """

    address: Address
    file: str
    size: int
    crc32c: str
    md5: str | None
    writable: dict[str, Any] = field(default_factory=dict)
    components: int = 0


@dataclass(frozen=True)
class ObjectRecord:
    """A live object. created, updated: RFC 3339. file: the name of its content file."""

    bucket: str
    name: str
    generation: int
    metageneration: int
    size: int
    crc32c: str
    md5: str | None
    components: int
    created: str
    updated: str
    file: str
    writable: dict[str, Any]

    @property
    def etag(self) -> str:
        """Base64 of the two version numbers as protocol buffer fields 1 and 2, the form the service uses."""
        packed = b"\x08" + _varint(self.generation) + b"\x10" + _varint(self.metageneration)
        return base64.b64encode(packed).decode()

    @property
    def content_type(self) -> str:
        """The type a download is served with."""
        return str(self.writable.get("contentType") or "application/octet-stream")

    def as_json(self, base_url: str) -> dict[str, Any]:
        """The JSON API's object resource. base_url: scheme and host that the links in it begin with."""
        path = f"storage/v1/b/{self.bucket}/o/{quote(self.name, safe='')}"
        resource = {
            "kind": "storage#object",
            "id": f"{self.bucket}/{self.name}/{self.generation}",
            "selfLink": f"{base_url}/{path}",
            "mediaLink": f"{base_url}/download/{path}?generation={self.generation}&alt=media",
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "storageClass": "STANDARD",
            "size": str(self.size),
            "crc32c": self.crc32c,
            "etag": self.etag,
            "timeCreated": self.created,
            "updated": self.updated,
            "timeStorageClassUpdated": self.created,
            "timeFinalized": self.created,
            **self.writable,
        }
        if self.md5 is not None:
            resource["md5Hash"] = self.md5
        if self.components:
            resource["componentCount"] = self.components
        return resource


def _varint(number: int) -> bytes:
    packed = bytearray()
    while number > 0x7F:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)
    return bytes(packed)
