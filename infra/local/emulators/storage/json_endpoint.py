"""The JSON API over HTTP: documents, downloads, uploads and batches."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from . import errors
from .batch import BatchPart, join_answers, split_batch
from .bucket_calls import BucketCalls
from .calls import Call, Reply, Route, find_route, generation_of
from .checksums import Expected
from .exchange import Exchange, parse_document
from .injection import Injector
from .intake import store_object
from .media import MediaResponse
from .object_calls import ObjectCalls
from .partial import select
from .preconditions import Preconditions
from .records import Address, ObjectRecord, writable_part
from .related_body import RelatedBody
from .resumable import ResumableUploads
from .sessions import UploadRequest
from .store import Store

_DOCUMENTS = "/storage/v1/"
_DOWNLOADS = "/download/storage/v1/"
_UPLOAD = re.compile(r"(?:/resumable)?/upload/storage/v1/b/(?P<bucket>[^/]+)/o")
_OBJECT = re.compile(r"b/(?P<bucket>[^/]+)/o/(?P<object>[^/]+)")
_BATCHES = ("/batch/storage/v1", "/batch")


class JsonEndpoint:
    """Answers the requests whose paths are the JSON API's."""

    def __init__(self, store: Store, injector: Injector, resumable: ResumableUploads) -> None:
        self._store = store
        self._injector = injector
        self._resumable = resumable
        self._routes: list[Route] = [*BucketCalls(store).routes(), *ObjectCalls(store).routes()]

    def serves(self, path: str) -> bool:
        """Whether a path is one of the JSON API."""
        return path.startswith((_DOCUMENTS, _DOWNLOADS, "/upload/", "/resumable/upload/")) or path in _BATCHES

    async def answer(self, exchange: Exchange) -> Response:
        """Do what is asked; raises StorageError."""
        if exchange.path in _BATCHES:
            return await self._batch(exchange)
        upload = _UPLOAD.fullmatch(exchange.path)
        if upload is not None:
            return await self._upload(exchange, unquote(upload["bucket"]))
        if is_download(exchange):
            return await self._download(exchange)
        resource = parse_document(await exchange.body.read())
        path = exchange.path.removeprefix(_DOCUMENTS)
        call = Call(exchange.method, path, exchange.query, exchange.headers, resource, exchange.base_url)
        return _document(await self._perform(exchange, call), exchange.query)

    async def _perform(self, exchange: Exchange, call: Call) -> Reply:
        route, names = find_route(self._routes, call.method, call.path)
        attributes = {"bucket": names.get("bucket"), "name": names.get("object"), "media": False}
        await self._injector.strike(exchange, route.operation, **attributes)
        return await run_in_threadpool(route.handler, call, names)

    async def _download(self, exchange: Exchange) -> Response:
        path = exchange.path.removeprefix(_DOWNLOADS).removeprefix(_DOCUMENTS)
        match = _OBJECT.fullmatch(path)
        if match is None:
            raise errors.path_missing()
        bucket, name = unquote(match["bucket"]), unquote(match["object"])
        await self._injector.strike(exchange, "storage.get", bucket=bucket, name=name, media=True)
        address = Address(bucket, name, generation_of(exchange.query.get("generation")))
        preconditions = Preconditions.of_request(exchange.query, exchange.headers)
        return await run_in_threadpool(open_media, self._store, exchange, address, preconditions)

    async def _batch(self, exchange: Exchange) -> Response:
        """Many calls one after another, each with its own answer."""
        parts = split_batch(exchange.headers.get("content-type", ""), await exchange.body.read())
        answers = [(part, *await self._batched(exchange, part)) for part in parts]
        content_type, body = join_answers(answers)
        return Response(body, 200, {"Content-Type": content_type})

    async def _batched(self, exchange: Exchange, part: BatchPart) -> tuple[int, dict[str, Any] | None]:
        try:
            path = part.path.removeprefix(_DOCUMENTS)
            resource = parse_document(part.body)
            call = Call(part.method, path, part.query, part.headers, resource, exchange.base_url)
            reply = await self._perform(exchange, call)
        except errors.StorageError as error:
            return error.status, error.as_json()
        return reply.status, reply.document

    async def _upload(self, exchange: Exchange, bucket: str) -> Response:
        query = exchange.query
        if "upload_id" in query:
            return await self._resume(exchange, query["upload_id"])
        if exchange.method not in ("POST", "PUT"):
            raise errors.method_not_allowed()
        match query.get("uploadType"):
            case "media":
                return await self._simple(exchange, bucket)
            case "multipart":
                return await self._multipart(exchange, bucket)
            case "resumable":
                return await self._begin(exchange, bucket)
            case other:
                raise errors.invalid(
                    f"Invalid value '{other}' for uploadType: media, multipart or resumable."
                )

    async def _simple(self, exchange: Exchange, bucket: str) -> Response:
        resource = {"contentType": exchange.headers.get("content-type")}
        request = _upload_request(exchange, bucket, resource)
        await self._strike_insert(exchange, request)
        record = await store_object(self._store, exchange.body.pieces(), request)
        return _shown(exchange, record)

    async def _multipart(self, exchange: Exchange, bucket: str) -> Response:
        body = RelatedBody(exchange.body, exchange.headers.get("content-type", ""))
        resource = await body.metadata()
        request = _upload_request(exchange, bucket, {"contentType": body.content_type} | resource)
        await self._strike_insert(exchange, request)
        return _shown(exchange, await store_object(self._store, body.content(), request))

    async def _strike_insert(self, exchange: Exchange, request: UploadRequest) -> None:
        address = request.address
        await self._injector.strike(exchange, "storage.insert", bucket=address.bucket, name=address.name)

    async def _begin(self, exchange: Exchange, bucket: str) -> Response:
        resource = parse_document(await exchange.body.read())
        resource = {"contentType": exchange.headers.get("x-upload-content-type")} | resource
        session = await self._resumable.begin(exchange, _upload_request(exchange, bucket, resource))
        query = f"uploadType=resumable&upload_id={session.id}"
        location = f"{exchange.base_url}{exchange.path}?{query}"
        headers = {"Location": location, "X-GUploader-UploadID": session.id}
        return Response(b"", 200, headers)

    async def _resume(self, exchange: Exchange, session_id: str) -> Response:
        if exchange.method == "DELETE":
            await self._resumable.cancel(exchange, session_id)
            return Response(b"", 499)
        if exchange.method not in ("PUT", "POST"):
            raise errors.method_not_allowed()
        progress = await self._resumable.proceed(exchange, session_id)
        return _shown(exchange, progress) if isinstance(progress, ObjectRecord) else incomplete(progress)


def is_download(exchange: Exchange) -> bool:
    """Whether bytes are asked for, not a document."""
    wants_media = exchange.path.startswith(_DOWNLOADS) or exchange.query.get("alt") == "media"
    return wants_media and exchange.method in ("GET", "HEAD") and not exchange.path.startswith("/upload/")


def open_media(
    store: Store,
    exchange: Exchange,
    address: Address,
    preconditions: Preconditions,
) -> MediaResponse:
    """The answer to a download over the JSON API; to be called in a worker thread."""
    record, stream = store.objects.open(address, preconditions)
    try:
        return MediaResponse(exchange, record, stream, {})
    except BaseException:
        stream.close()
        raise


def incomplete(persisted: int) -> Response:
    """308 Resume Incomplete, with the range that is kept, if any."""
    return Response(b"", 308, {"Range": f"bytes=0-{persisted - 1}"} if persisted else {})


def _upload_request(exchange: Exchange, bucket: str, resource: Mapping[str, Any]) -> UploadRequest:
    name = exchange.query.get("name") or resource.get("name")
    if not name:
        raise errors.required("name")
    expected = Expected.of_resource(resource).merged(Expected.of_headers(exchange.headers))
    preconditions = Preconditions.of_request(exchange.query, exchange.headers)
    writable = writable_part(resource)
    if exchange.query.get("contentEncoding"):
        writable["contentEncoding"] = exchange.query["contentEncoding"]
    return UploadRequest(Address(bucket, str(name)), writable, preconditions, expected)


def _shown(exchange: Exchange, record: ObjectRecord) -> Response:
    return _document(Reply(200, record.as_json(exchange.base_url)), exchange.query)


def _document(reply: Reply, query: Mapping[str, str]) -> Response:
    if reply.document is None:
        return Response(b"", reply.status)
    body = orjson.dumps(select(reply.document, query.get("fields")))
    return Response(body, reply.status, {"Content-Type": "application/json; charset=UTF-8"})
