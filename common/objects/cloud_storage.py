"""Cloud Storage through its own client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from common import google_errors
from common.errors import Conflict, Misconfigured, NotFound, Unavailable
from common.objects.reader import open_reader
from common.objects.store import SignedRequest, Stored
from common.once import Once

_TIMEOUT = (5, 60)  # seconds to connect, and between two bytes
_UPLOAD_PIECE = 8 * 2**20  # bytes of a stream in memory at once; the client's own default is 100 MB
_SERVICE, _ROLE = "Cloud Storage", "roles/storage.objectUser on the bucket"


class CloudStorageObjects:
    """An ObjectStore on one bucket of Cloud Storage.

    endpoint: URL of a local service, which is called without credentials; "" for the real one.
    signing_key: a service account's JSON key file that signs URLs; None signs as the account this process
        runs as, in the cloud without any key, by the IAM API (that account needs
        roles/iam.serviceAccountTokenCreator on itself).
    retry_for: seconds that the client asks again by itself; a longer outage is the caller's to wait for.
    """

    def __init__(
        self,
        *,
        project: str,
        bucket: str,
        endpoint: str = "",
        signing_key: Path | None = None,
        retry_for: float = 20.0,
    ) -> None:
        self._bucket_name = bucket
        self._retry_for = retry_for
        self._client = Once(lambda: _client(project, endpoint))
        self._signer = Once(lambda: _signer(self._client(), endpoint, signing_key))

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation: int | None = None,
    ) -> Stored:
        """See ObjectStore.put. The checksum travels with the data, so that damage on the way is refused."""
        options: dict[str, Any] = {
            "content_type": content_type,
            "if_generation_match": if_generation,
            "checksum": "crc32c",
            **self._call_options(),
        }
        with self._translated(name):
            if isinstance(data, bytes):
                blob = self._blob(name)
                blob.metadata = dict(metadata or {})
                blob.upload_from_string(data, **options)
            else:
                blob = self._blob(name, chunk_size=_UPLOAD_PIECE)
                blob.metadata = dict(metadata or {})
                blob.upload_from_file(data, **options)
            return _stored(blob)

    def get(self, name: str) -> bytes:
        """See ObjectStore.get."""
        with self._translated(name):
            content: bytes = self._blob(name).download_as_bytes(raw_download=True, **self._call_options())
            return content

    def open(self, name: str) -> BinaryIO:
        """See ObjectStore.open."""
        stored = self.stat(name)
        if stored is None:
            raise self._missing(name)
        return open_reader(stored, lambda start, end: self._piece(stored, start, end))

    def stat(self, name: str) -> Stored | None:
        """See ObjectStore.stat."""
        try:
            with self._translated(name):
                blob = self._blob(name)
                blob.reload(**self._call_options())
                return _stored(blob)
        except NotFound:
            return None

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """See ObjectStore.list."""
        with self._translated(prefix):
            for blob in self._client().list_blobs(self._bucket_name, prefix=prefix, **self._call_options()):
                yield _stored(blob)

    def delete(self, name: str, if_generation: int | None = None) -> bool:
        """See ObjectStore.delete."""
        try:
            with self._translated(name):
                self._blob(name).delete(if_generation_match=if_generation, **self._call_options())
        except NotFound:
            return False
        return True

    def signed_upload_url(
        self, name: str, *, content_type: str, expires: timedelta, max_size: int
    ) -> SignedRequest:
        """See ObjectStore.signed_upload_url. The service itself enforces all that is signed: size, type, and that it is new."""
        headers = {
            "Content-Type": content_type,
            "x-goog-content-length-range": f"0,{max_size}",
            "x-goog-if-generation-match": "0",
        }
        return SignedRequest("PUT", self._sign(name, "PUT", expires, headers), headers)

    def signed_download_url(self, name: str, *, expires: timedelta) -> SignedRequest:
        """See ObjectStore.signed_download_url."""
        return SignedRequest("GET", self._sign(name, "GET", expires, {}))

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._signer.take()
        if client := self._client.take():
            client.close()

    def _blob(self, name: str, **options: Any) -> Any:
        return self._client().bucket(self._bucket_name).blob(name, **options)

    def _piece(self, stored: Stored, start: int, end: int) -> bytes:
        try:
            with self._translated(stored.name):
                piece: bytes = self._blob(stored.name).download_as_bytes(
                    start=start,
                    end=end,
                    raw_download=True,
                    if_generation_match=stored.generation,
                    checksum=None,
                    **self._call_options(),
                )
                return piece
        except NotFound as error:
            raise Conflict(f"{stored.name} was deleted while it was read; look again") from error

    def _sign(self, name: str, method: str, expires: timedelta, headers: dict[str, str]) -> str:
        from google.auth.exceptions import TransportError

        try:
            with self._translated(name):
                url: str = self._blob(name).generate_signed_url(
                    version="v4", method=method, expiration=expires, headers=dict(headers), **self._signer()()
                )
                return url
        except Unavailable as error:
            if isinstance(error.__cause__, TransportError) and "PERMISSION_DENIED" in str(error.__cause__):
                raise _may_not_sign() from error
            raise

    def _call_options(self) -> dict[str, Any]:
        from google.cloud.storage.retry import DEFAULT_RETRY

        return {"timeout": _TIMEOUT, "retry": DEFAULT_RETRY.with_timeout(self._retry_for)}

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        """Raise our errors for the client's."""
        try:
            yield
        except Exception as error:
            ours = self._translate(error, name)
            if ours is None:
                raise
            raise ours from error

    def _translate(self, error: Exception, name: str) -> Exception | None:
        from google.api_core import exceptions
        from google.cloud.storage.exceptions import DataCorruption

        if isinstance(error, exceptions.PreconditionFailed):
            return Conflict(f"another generation of {name} is stored than the one asked for; look again")
        if isinstance(error, exceptions.NotFound):
            return self._no_bucket() if "bucket does not exist" in error.message else self._missing(name)
        if isinstance(error, DataCorruption):
            return google_errors.unavailable(f"{name} arrived damaged", _SERVICE)
        return google_errors.translate(error, _SERVICE, _ROLE)

    def _missing(self, name: str) -> NotFound:
        return NotFound(f"there is no object {name} in the bucket {self._bucket_name}")

    def _no_bucket(self) -> Misconfigured:
        return Misconfigured(
            f"there is no bucket {self._bucket_name}; create it with the Terraform in infra/gcp, "
            "or set SHELFLINE_BUCKET to the one to use",
            reason="no_bucket",
        )


def _client(project: str, endpoint: str) -> Any:
    from google.cloud.storage import Client

    if not endpoint:
        return Client(project=project)
    from google.auth.credentials import AnonymousCredentials

    return Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )


def _signer(client: Any, endpoint: str, signing_key: Path | None) -> Any:
    """A function that answers who signs a URL, as the client's signing wants it."""
    from google.auth.credentials import Signing
    from google.oauth2.service_account import Credentials

    if signing_key is not None:
        key = Credentials.from_service_account_file(str(signing_key))  # type: ignore[no-untyped-call]
        return lambda: {"credentials": key}
    if endpoint:
        raise Misconfigured(
            "URLs of the local storage need a key to be signed with; `shelfline up` makes one, start the "
            "local stack with it",
            reason="no_signing_key",
        )
    credentials = client._credentials
    if isinstance(credentials, Signing):
        return lambda: {"credentials": credentials}
    return lambda: _signed_by_iam(credentials)


def _signed_by_iam(credentials: Any) -> dict[str, Any]:
    """The account of this process signs through the IAM API, with a token that is fresh."""
    from google.auth.transport.requests import Request

    if not credentials.valid:
        credentials.refresh(Request())
    return {"service_account_email": credentials.service_account_email, "access_token": credentials.token}


def _may_not_sign() -> Misconfigured:
    return Misconfigured(
        "this function's account may not sign URLs; give it roles/iam.serviceAccountTokenCreator on itself",
        reason="no_permission",
    )


def _stored(blob: Any) -> Stored:
    return Stored(
        name=blob.name,
        generation=int(blob.generation),
        size=int(blob.size),
        crc32c=blob.crc32c,
        content_type=blob.content_type or "application/octet-stream",
        metadata=dict(blob.metadata or {}),
    )
