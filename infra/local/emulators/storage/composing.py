"""Joining several objects of a bucket into one."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from . import errors
from .content import ContentFiles, ContentWriter
from .objects import Objects
from .preconditions import Preconditions
from .records import Address, Draft, ObjectRecord, writable_part

_MOST_SOURCES = 32  # https://cloud.google.com/storage/docs/composite-objects
_BLOCK = 1 << 20


@dataclass(frozen=True)
class _Source:
    address: Address
    preconditions: Preconditions


def compose(
    objects: Objects,
    content: ContentFiles,
    destination: Address,
    request: Mapping[str, Any],
    preconditions: Preconditions,
) -> ObjectRecord:
    """Write the bytes of request["sourceObjects"], in their order, as one object.

    It gets the settings in request["destination"]. Raises 404 for a missing source, 412 if one has another
    generation than demanded.
    """
    sources = _sources(destination.bucket, request)
    writable = writable_part(request.get("destination") or {})
    writer = content.writer()
    components = 0
    try:
        with contextlib.ExitStack() as stack:
            opened = [objects.open(source.address, source.preconditions, reading=False) for source in sources]
            for record, stream in opened:
                stack.enter_context(stream)
                components += record.components or 1
            for _, stream in opened:
                _append(writer, stream)
        writer.seal()
    except BaseException:
        writer.discard()
        raise
    digests = writer.digests
    draft = Draft(destination, writer.file, digests.size, digests.crc32c, None, writable, components)
    composed = objects.commit(draft, preconditions)
    if request.get("deleteSourceObjects"):
        _delete_sources(objects, sources, destination)
    return composed


def _sources(bucket: str, request: Mapping[str, Any]) -> list[_Source]:
    listed = request.get("sourceObjects") or []
    if not listed:
        raise errors.required("sourceObjects")
    if len(listed) > _MOST_SOURCES:
        raise errors.invalid(
            f"The number of source components provided ({len(listed)}) exceeds the maximum ({_MOST_SOURCES})"
        )
    return [_source(bucket, item) for item in listed]


def _source(bucket: str, item: Mapping[str, Any]) -> _Source:
    generation = int(item["generation"]) if item.get("generation") else None
    conditions = item.get("objectPreconditions") or {}
    demanded = {name: str(value) for name, value in conditions.items()}
    return _Source(Address(bucket, str(item.get("name")), generation), Preconditions.of_request(demanded, {}))


def _append(writer: ContentWriter, stream: BinaryIO) -> None:
    while block := stream.read(_BLOCK):
        writer.write(block)


def _delete_sources(objects: Objects, sources: list[_Source], destination: Address) -> None:
    for source in sources:
        if source.address.name != destination.name:
            with contextlib.suppress(errors.StorageError):  # gone already, or replaced meanwhile
                objects.delete(source.address, source.preconditions)
