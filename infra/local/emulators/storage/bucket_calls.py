"""The JSON API's calls about buckets."""

from . import errors
from .calls import Call, Reply, Route
from .listing import page_size
from .store import Store


class BucketCalls:
    """Serves them from a store."""

    def __init__(self, store: Store) -> None:
        self._buckets = store.buckets

    def routes(self) -> list[Route]:
        """Every call about a bucket itself."""
        return [
            Route("GET", "b", "storage.buckets.list", self._list),
            Route("POST", "b", "storage.buckets.insert", self._insert),
            Route("GET", "b/{bucket}", "storage.buckets.get", self._get),
            Route("PATCH", "b/{bucket}", "storage.buckets.patch", self._patch),
            Route("PUT", "b/{bucket}", "storage.buckets.update", self._update),
            Route("DELETE", "b/{bucket}", "storage.buckets.delete", self._delete),
            *(
                Route(method, template, "storage.not_covered", self._refuse)
                for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
                for template in (
                    "b/{bucket}/(?P<what>iam|acl|defaultObjectAcl|notificationConfigs|lockRetentionPolicy)(/.*)?",
                    "b/{bucket}/(?P<what>storageLayout|managedFolders|anywhereCaches|folders|restore)(/.*)?",
                    "projects/{project}/(?P<what>serviceAccount|hmacKeys)(/.*)?",
                )
            ),
        ]

    def _list(self, call: Call, _names: dict[str, str]) -> Reply:
        token = call.query.get("pageToken")
        buckets, following = self._buckets.page(call.query.get("prefix", ""), page_size(call.query), token)
        document = {"kind": "storage#buckets", "items": [bucket.as_json(call.base_url) for bucket in buckets]}
        return Reply(200, document | ({"nextPageToken": following} if following else {}))

    def _insert(self, call: Call, _names: dict[str, str]) -> Reply:
        return Reply(200, self._buckets.create(call.resource).as_json(call.base_url))

    def _get(self, call: Call, names: dict[str, str]) -> Reply:
        bucket = self._buckets.get(names["bucket"], call.preconditions)
        return Reply(200, bucket.as_json(call.base_url))

    def _patch(self, call: Call, names: dict[str, str]) -> Reply:
        bucket = self._buckets.change(names["bucket"], call.resource, call.preconditions)
        return Reply(200, bucket.as_json(call.base_url))

    def _update(self, call: Call, names: dict[str, str]) -> Reply:
        bucket = self._buckets.change(names["bucket"], call.resource, call.preconditions, replace=True)
        return Reply(200, bucket.as_json(call.base_url))

    def _delete(self, call: Call, names: dict[str, str]) -> Reply:
        self._buckets.delete(names["bucket"], call.preconditions)
        return Reply(204)

    def _refuse(self, _call: Call, names: dict[str, str]) -> Reply:
        raise errors.not_covered(names["what"])
