"""The JSON API's calls about objects, all but the transfer of their bytes."""

from typing import Any

from . import errors
from .calls import Call, Reply, Route, generation_of
from .composing import compose
from .listing import ListRequest, list_page
from .preconditions import Preconditions
from .records import Address, ObjectRecord
from .store import Store


class ObjectCalls:
    """Serves them from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._objects = store.objects

    def routes(self) -> list[Route]:
        """Every call about an object."""
        one = "b/{bucket}/o/{object}"
        target = "b/{to_bucket}/o/{to_object}"
        return [
            Route("GET", "b/{bucket}/o", "storage.list", self._list),
            Route("GET", one, "storage.get", self._get),
            Route("PATCH", one, "storage.patch", self._patch),
            Route("PUT", one, "storage.update", self._update),
            Route("DELETE", one, "storage.delete", self._delete),
            Route("POST", f"{one}/copyTo/{target}", "storage.copy", self._copy),
            Route("POST", f"{one}/rewriteTo/{target}", "storage.rewrite", self._rewrite),
            Route("POST", f"{one}/compose", "storage.compose", self._compose),
            *(
                Route(
                    method,
                    one + "/(?P<what>acl|iam|restore|moveTo)(/.*)?",
                    "storage.not_covered",
                    self._refuse,
                )
                for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
            ),
        ]

    def _list(self, call: Call, names: dict[str, str]) -> Reply:
        self._store.buckets.get(names["bucket"])
        page = list_page(self._objects, ListRequest.of_query(names["bucket"], call.query))
        document: dict[str, Any] = {"kind": "storage#objects"}
        if page.next_token:
            document["nextPageToken"] = page.next_token
        if page.prefixes:
            document["prefixes"] = page.prefixes
        if page.records:
            document["items"] = [record.as_json(call.base_url) for record in page.records]
        return Reply(200, document)

    def _get(self, call: Call, names: dict[str, str]) -> Reply:
        address = call.address(names["bucket"], names["object"])
        return _shown(call, self._objects.get(address, call.preconditions))

    def _patch(self, call: Call, names: dict[str, str]) -> Reply:
        address = call.address(names["bucket"], names["object"])
        return _shown(call, self._objects.change(address, call.resource, call.preconditions))

    def _update(self, call: Call, names: dict[str, str]) -> Reply:
        address = call.address(names["bucket"], names["object"])
        return _shown(call, self._objects.change(address, call.resource, call.preconditions, overwrite=True))

    def _delete(self, call: Call, names: dict[str, str]) -> Reply:
        self._objects.delete(call.address(names["bucket"], names["object"]), call.preconditions)
        return Reply(204)

    def _copy(self, call: Call, names: dict[str, str]) -> Reply:
        return _shown(call, self._copied(call, names))

    def _rewrite(self, call: Call, names: dict[str, str]) -> Reply:
        """One call does it all, as in the service for copies within one location and storage class."""
        record = self._copied(call, names)
        progress = {"totalBytesRewritten": str(record.size), "objectSize": str(record.size), "done": True}
        resource = record.as_json(call.base_url)
        return Reply(200, {"kind": "storage#rewriteResponse", **progress, "resource": resource})

    def _copied(self, call: Call, names: dict[str, str]) -> ObjectRecord:
        generation = generation_of(call.query.get("sourceGeneration"))
        return self._objects.copy(
            Address(names["bucket"], names["object"], generation),
            Address(names["to_bucket"], names["to_object"]),
            call.resource,
            Preconditions.of_source(call.query),
            call.preconditions,
        )

    def _compose(self, call: Call, names: dict[str, str]) -> Reply:
        destination = Address(names["bucket"], names["object"])
        request = call.resource
        return _shown(
            call, compose(self._objects, self._store.content, destination, request, call.preconditions)
        )

    def _refuse(self, _call: Call, names: dict[str, str]) -> Reply:
        raise errors.not_covered(names["what"])


def _shown(call: Call, record: ObjectRecord) -> Reply:
    return Reply(200, record.as_json(call.base_url))
