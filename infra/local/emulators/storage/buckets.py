"""Buckets: their rows and what may be done with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.clock import SharedClock

from . import errors
from .index import Index
from .lifecycle_rules import check_rules
from .merge_patch import merge
from .names import after_name, after_prefix, check_bucket_name
from .page_tokens import decode_page_token, encode_page_token
from .preconditions import Preconditions
from .records import rfc3339

_READ_ONLY = (
    "kind",
    "id",
    "name",
    "metageneration",
    "timeCreated",
    "updated",
    "etag",
    "selfLink",
    "projectNumber",
)

_FIXED = ("location", "locationType", "storageClass", "timeCreated")


@dataclass(frozen=True)
class Bucket:
    """One bucket. resource: what the caller has set, and the times."""

    name: str
    metageneration: int
    resource: dict[str, Any]

    @property
    def generation(self) -> int:
        """Buckets have one generation only."""
        return 1

    @property
    def etag(self) -> str:
        """Changes whenever the bucket's metadata does."""
        return f"CA{self.metageneration:02d}="

    def as_json(self, base_url: str) -> dict[str, Any]:
        """The JSON API's bucket resource."""
        return {
            "kind": "storage#bucket",
            "id": self.name,
            "selfLink": f"{base_url}/storage/v1/b/{self.name}",
            "name": self.name,
            "projectNumber": "1",
            "metageneration": str(self.metageneration),
            "etag": self.etag,
            **self.resource,
        }


class Buckets:
    """All buckets."""

    def __init__(self, index: Index, clock: SharedClock) -> None:
        self._index = index
        self._clock = clock

    def find(self, name: str) -> Bucket | None:
        """The bucket of that name, if there is one."""
        rows = self._index.rows("SELECT name, metageneration, resource FROM buckets WHERE name = ?", (name,))
        return _bucket(rows[0]) if rows else None

    def get(self, name: str, preconditions: Preconditions | None = None) -> Bucket:
        """The bucket of that name; raises 404."""
        bucket = self.find(name)
        if bucket is None:
            raise errors.bucket_missing()
        (preconditions or Preconditions()).check(bucket, reading=True)
        return bucket

    def create(self, resource: Mapping[str, Any]) -> Bucket:
        """Create the bucket that `resource["name"]` names; raises 409 if it exists, 400 for a bad name."""
        name = str(resource.get("name") or "")
        check_bucket_name(name)
        now = rfc3339(self._clock.now())
        settings = {"location": "US", "locationType": "multi-region", "storageClass": "STANDARD"} | _settings(
            resource
        )
        settings |= {"location": str(settings["location"]).upper(), "timeCreated": now, "updated": now}
        bucket = Bucket(name, 1, settings)
        with self._index.transaction():
            if self.find(name) is not None:
                raise errors.bucket_exists()
            self._put(bucket)
        return bucket

    def change(
        self, name: str, changes: Mapping[str, Any], preconditions: Preconditions, *, replace: bool = False
    ) -> Bucket:
        """Merge `changes` into the bucket's settings (null removes), or put them in their place."""
        settings = _settings(changes)
        with self._index.transaction():
            live = self.get(name)
            preconditions.check(live)
            fixed = {
                key: live.resource[key] for key in ("location", "locationType", "storageClass", "timeCreated")
            }
            resource = fixed | settings if replace else merge(live.resource, settings)
            resource["updated"] = rfc3339(self._clock.now())
            bucket = Bucket(name, live.metageneration + 1, resource)
            self._put(bucket)
        return bucket

    def delete(self, name: str, preconditions: Preconditions) -> None:
        """Delete an empty bucket; raises 404, 409 and 412."""
        with self._index.transaction():
            preconditions.check(self.get(name))
            if self._index.rows("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", (name,)):
                raise errors.bucket_not_empty()
            self._index.rows("DELETE FROM buckets WHERE name = ?", (name,))

    def page(self, prefix: str, size: int, page_token: str | None) -> tuple[list[Bucket], str | None]:
        """Up to `size` buckets by name, and the token of the next page if there is one."""
        start = decode_page_token(page_token) if page_token else prefix
        statement = (
            "SELECT name, metageneration, resource FROM buckets WHERE name >= ? AND (? IS NULL OR name < ?)"
        )
        end = after_prefix(prefix)
        rows = self._index.rows(
            f"{statement} ORDER BY name LIMIT ?", (max(start, prefix), end, end, size + 1)
        )
        buckets = [_bucket(row) for row in rows[:size]]
        more = len(rows) > size
        return buckets, encode_page_token(after_name(buckets[-1].name)) if more else None

    def all(self) -> list[Bucket]:
        """Every bucket."""
        return [
            _bucket(row) for row in self._index.rows("SELECT name, metageneration, resource FROM buckets")
        ]

    def _put(self, bucket: Bucket) -> None:
        row = (bucket.name, bucket.metageneration, json.dumps(bucket.resource))
        self._index.rows("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)", row)


def _bucket(row: tuple[Any, ...]) -> Bucket:
    return Bucket(row[0], row[1], json.loads(row[2]))


def _settings(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What a caller may set; raises 501 for settings that would change what the emulator must do."""
    if (resource.get("versioning") or {}).get("enabled"):
        raise errors.not_covered("Object versioning")
    for name in ("encryption", "retentionPolicy", "defaultEventBasedHold"):
        if resource.get(name):
            raise errors.not_covered(f"The bucket field {name}")
    check_rules(resource.get("lifecycle"))
    return {name: value for name, value in resource.items() if name not in _READ_ONLY}
