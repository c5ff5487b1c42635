"""The XML API as far as signed URLs use it: `/bucket/object` with GET, HEAD, PUT, DELETE and POST."""

from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from . import errors
from .calls import generation_of
from .checksums import Expected
from .exchange import Exchange
from .injection import Injector
from .intake import store_object
from .media import MediaResponse, metadata_headers
from .preconditions import Preconditions
from .records import Address, ObjectRecord, writable_part
from .resumable import ResumableUploads
from .sessions import UploadRequest, length_range
from .signatures import SignatureVerifier, SignedRequest
from .store import Store

_FROM_HEADERS = {
    "cache-control": "cacheControl",
    "content-disposition": "contentDisposition",
    "content-encoding": "contentEncoding",
    "content-language": "contentLanguage",
    "content-type": "contentType",
    "x-goog-custom-time": "customTime",
    "x-goog-storage-class": "storageClass",
}
_REFUSED = ("x-goog-copy-source", "x-goog-encryption-", "x-goog-acl", "x-goog-object-lock-")
_CUSTOM = "x-goog-meta-"


class XmlEndpoint:
    """Answers the requests whose paths are not the JSON API's."""

    def __init__(
        self, store: Store, injector: Injector, resumable: ResumableUploads, verifier: SignatureVerifier
    ) -> None:
        self._store = store
        self._injector = injector
        self._resumable = resumable
        self._verifier = verifier

    async def answer(self, exchange: Exchange) -> Response:
        """Do what is asked; raises StorageError."""
        bucket, name = split_path(exchange.path)
        if not name:
            raise errors.not_covered("The XML API for buckets") if bucket else errors.path_missing()
        if "upload_id" in exchange.query:  # knowing a session's id is the right to go on with it
            return await self._resume(exchange, exchange.query["upload_id"])
        self._authorize(exchange)
        address = Address(bucket, name, generation_of(exchange.query.get("generation")))
        match exchange.method:
            case "GET" | "HEAD":
                return await self._get(exchange, address)
            case "PUT":
                return await self._put(exchange, address)
            case "DELETE":
                return await self._delete(exchange, address)
            case "POST" if exchange.headers.get("x-goog-resumable") == "start":
                return await self._begin(exchange, address)
            case "POST":
                raise errors.not_covered("POST other than with x-goog-resumable: start")
            case _:
                raise errors.method_not_allowed()

    def _authorize(self, exchange: Exchange) -> None:
        """A signature must fit. A bearer token is taken unchecked, as on the JSON API; with neither: 403."""
        if any(name == "X-Goog-Signature" for name, _ in exchange.query_pairs):
            request = SignedRequest(exchange.method, exchange.path, exchange.query_pairs, exchange.headers)
            self._verifier.check(request)
        elif any(name in ("Signature", "X-Goog-Credential") for name, _ in exchange.query_pairs):
            raise errors.access_denied("Only complete V4 signatures are accepted here.")
        elif "authorization" not in exchange.headers:
            raise errors.access_denied(
                "Anonymous caller does not have access to the Google Cloud Storage object. Sign the URL."
            )

    async def _get(self, exchange: Exchange, address: Address) -> Response:
        await self._injector.strike(
            exchange, "storage.get", bucket=address.bucket, name=address.name, media=True
        )
        return await run_in_threadpool(self._open, exchange, address)

    def _open(self, exchange: Exchange, address: Address) -> MediaResponse:
        preconditions = Preconditions.of_xml_headers(exchange.headers)
        record, stream = self._store.objects.open(address, preconditions)
        try:
            more = metadata_headers(record) | _overrides(exchange.query)
            return MediaResponse(exchange, record, stream, more)
        except BaseException:
            stream.close()
            raise

    async def _put(self, exchange: Exchange, address: Address) -> Response:
        request = _upload_request(exchange, address)
        await self._injector.strike(exchange, "storage.insert", bucket=address.bucket, name=address.name)
        record = await store_object(self._store, exchange.body.pieces(), request)
        return _written(record)

    async def _delete(self, exchange: Exchange, address: Address) -> Response:
        await self._injector.strike(exchange, "storage.delete", bucket=address.bucket, name=address.name)
        preconditions = Preconditions.of_xml_headers(exchange.headers)
        await run_in_threadpool(self._store.objects.delete, address, preconditions)
        return Response(b"", 204)

    async def _begin(self, exchange: Exchange, address: Address) -> Response:
        await exchange.body.drain()
        session = await self._resumable.begin(exchange, _upload_request(exchange, address))
        location = f"{exchange.base_url}{exchange.path}?upload_id={session.id}"
        return Response(b"", 201, {"Location": location, "X-GUploader-UploadID": session.id})

    async def _resume(self, exchange: Exchange, session_id: str) -> Response:
        if exchange.method == "DELETE":
            await self._resumable.cancel(exchange, session_id)
            return Response(b"", 499)
        if exchange.method != "PUT":
            raise errors.method_not_allowed()
        progress = await self._resumable.proceed(exchange, session_id)
        if isinstance(progress, ObjectRecord):
            return _written(progress)
        return Response(b"", 308, {"Range": f"bytes=0-{progress - 1}"} if progress else {})


def split_path(path: str) -> tuple[str, str]:
    """Bucket and object that a path names, decoded; empty where it names none."""
    bucket, _, name = path.removeprefix("/").partition("/")
    return unquote(bucket), unquote(name)


def _upload_request(exchange: Exchange, address: Address) -> UploadRequest:
    headers = exchange.headers
    for name in headers:
        if name.startswith(_REFUSED):
            raise errors.not_covered(f"The header {name}")
    resource: dict[str, Any] = {
        field: headers[name] for name, field in _FROM_HEADERS.items() if headers.get(name)
    }
    custom = {
        name.removeprefix(_CUSTOM): value for name, value in headers.items() if name.startswith(_CUSTOM)
    }
    if custom:
        resource["metadata"] = custom
    return UploadRequest(
        Address(address.bucket, address.name),
        writable_part(resource),
        Preconditions.of_xml_headers(headers),
        Expected.of_headers(headers),
        length_range(headers),
    )


def _overrides(query: dict[str, str]) -> dict[str, str]:
    names = {"response-content-type": "Content-Type", "response-content-disposition": "Content-Disposition"}
    return {header: query[name] for name, header in names.items() if name in query}


def _written(record: ObjectRecord) -> Response:
    headers = {
        "ETag": f'"{record.etag}"',
        "X-Goog-Generation": str(record.generation),
        "X-Goog-Metageneration": str(record.metageneration),
        "X-Goog-Hash": f"crc32c={record.crc32c},md5={record.md5}",
        "X-Goog-Stored-Content-Length": str(record.size),
        "X-Goog-Stored-Content-Encoding": str(record.writable.get("contentEncoding") or "identity"),
    }
    return Response(b"", 200, headers)
