"""Cloud Storage as load, extract and export jobs use it: list, download, upload, over its JSON interface."""

import fnmatch
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

import requests

from infra.local.emulators.bigquery.errors import BigQueryError, invalid, not_found

_TIMEOUT = 60  # seconds
_CHUNK = 1 << 20  # bytes
_URI = re.compile(r"gs://([^/]+)/(.+)")


@dataclass(frozen=True)
class ObjectUri:
    """gs://bucket/name; the name may hold one `*`."""

    bucket: str
    name: str

    @classmethod
    def parse(cls, uri: str) -> Self:
        """From its text; anything else, or two wildcards, is refused with reason "invalid"."""
        found = _URI.fullmatch(uri)
        if found is None:
            raise invalid(f"Source URI must be a Google Cloud Storage location: {uri}")
        if uri.count("*") > 1 or "*" in found[1]:
            raise invalid(f"Invalid source URI {uri}: at most one wildcard, and not in the bucket's name")
        return cls(found[1], found[2])

    def __str__(self) -> str:
        return f"gs://{self.bucket}/{self.name}"

    def shard(self, number: int) -> "ObjectUri":
        """The object that a `*` stands for: the number of the file in twelve digits."""
        return ObjectUri(self.bucket, self.name.replace("*", f"{number:012d}"))


class Storage:
    """A client of the Cloud Storage at `url`; without one every use is refused."""

    def __init__(self, url: str | None) -> None:
        self._url = url.rstrip("/") if url else None
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def match(self, uri: ObjectUri) -> list[ObjectUri]:
        """The objects a URI stands for, by name; none is reason "notFound"."""
        if "*" not in uri.name:
            return [uri]
        prefix = uri.name.split("*")[0]
        pattern = fnmatch.translate(uri.name.replace("[", "[[]").replace("?", "[?]"))
        names = [name for name in self._list(uri.bucket, prefix) if re.match(pattern, name)]
        if not names:
            raise not_found(f"URI {uri}")
        return [ObjectUri(uri.bucket, name) for name in sorted(names)]

    def exists(self, uri: ObjectUri) -> bool:
        """Whether any object begins like the URI does up to its wildcard."""
        return bool(self._list(uri.bucket, uri.name.split("*")[0]))

    def download(self, uri: ObjectUri, path: Path) -> int:
        """Copy an object into a file; returns its bytes."""
        target = f"/storage/v1/b/{quote(uri.bucket, safe='')}/o/{quote(uri.name, safe='')}"
        size = 0
        with (
            self._call("GET", target, uri, params={"alt": "media"}, stream=True) as answer,
            path.open("wb") as file,
        ):
            for chunk in answer.iter_content(_CHUNK):
                size += file.write(chunk)
        return size

    def upload(self, uri: ObjectUri, path: Path, content_type: str) -> None:
        """Copy a file into an object, replacing what is there."""
        target = f"/upload/storage/v1/b/{quote(uri.bucket, safe='')}/o"
        params = {"uploadType": "media", "name": uri.name}
        with path.open("rb") as file:
            headers = {"Content-Type": content_type}
            self._call("POST", target, uri, params=params, data=file.read(), headers=headers).close()

    def _list(self, bucket: str, prefix: str) -> list[str]:
        names: list[str] = []
        params: dict[str, str] = {"prefix": prefix}
        while True:
            target = f"/storage/v1/b/{quote(bucket, safe='')}/o"
            with self._call("GET", target, ObjectUri(bucket, prefix), params=params) as answer:
                body = answer.json()
            names += [item["name"] for item in body.get("items", [])]
            if not body.get("nextPageToken"):
                return names
            params = {"prefix": prefix, "pageToken": body["nextPageToken"]}

    def _call(self, method: str, target: str, uri: ObjectUri, **options: object) -> requests.Response:
        if self._url is None:
            raise invalid(f"{uri}: the emulator was started without --storage-url")
        try:
            answer = self._session.request(method, self._url + target, timeout=_TIMEOUT, **options)  # type: ignore[arg-type]
        except requests.RequestException as problem:
            raise BigQueryError(
                "backendError", f"Cloud Storage at {self._url} did not answer: {problem}"
            ) from problem
        if answer.status_code == 404:
            answer.close()
            raise not_found(f"URI {uri}")
        if answer.status_code >= 400:
            answer.close()
            raise BigQueryError("backendError", f"Cloud Storage answered {answer.status_code} for {uri}")
        return answer
