"""A discovery document of the methods that are served, for clients that build themselves from one, as `bq`
does.
"""

import re
from collections.abc import Iterable
from typing import Any

from infra.local.emulators.bigquery.operations import Operation

# What the address calls a thing, and what the interface calls the parameter.
_PARAMETERS = {"project": "projectId", "dataset": "datasetId", "table": "tableId", "job": "jobId"}
_INTEGERS = (
    "accessPolicyVersion",
    "maxResults",
    "startIndex",
    "timeoutMs",
    "minCreationTime",
    "maxCreationTime",
)
_BOOLEANS = ("deleteContents", "all", "allUsers")
_STRINGS = (
    "pageToken",
    "location",
    "filter",
    "selectedFields",
    "projection",
    "stateFilter",
    "parentJobId",
    "formatOptions.timestampOutputFormat",
    "view",
    "datasetView",
    "updateMode",
)
_FLAGS = ("formatOptions.useInt64Timestamp", "autodetect_schema")
_COMMON = ("alt", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "userIp", "trace")
_BODIES = {"POST", "PUT", "PATCH"}


def discovery_document(root: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """The document; `root` is the server's address with its final slash."""
    resources: dict[str, Any] = {}
    for operation in operations:
        resource, method = operation.name.split(".")
        resources.setdefault(resource, {"methods": {}})["methods"][method] = _method(operation)
    resources["jobs"]["methods"]["insert"] |= _media_upload()
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "bigquery:v2",
        "name": "bigquery",
        "version": "v2",
        "title": "BigQuery API of the local emulator",
        "protocol": "rest",
        "rootUrl": root,
        "servicePath": "bigquery/v2/",
        "baseUrl": f"{root}bigquery/v2/",
        "basePath": "/bigquery/v2/",
        "batchPath": "batch/bigquery/v2",
        "parameters": {name: {"type": "string", "location": "query"} for name in _COMMON},
        "schemas": {
            "Resource": {"id": "Resource", "type": "object", "additionalProperties": {"type": "any"}}
        },
        "resources": resources,
    }


def _method(operation: Operation) -> dict[str, Any]:
    names = [_PARAMETERS[name] for name in re.findall(r"{(\w+)}", operation.path)]
    path = re.sub(r"{(\w+)}", lambda found: "{+" + _PARAMETERS[found[1]] + "}", operation.path).lstrip("/")
    method: dict[str, Any] = {
        "id": f"bigquery.{operation.name}",
        "httpMethod": operation.method,
        "path": path,
        "flatPath": path.replace("{+", "{"),
        "parameters": {**_query_parameters(), **{name: _required() for name in names}},
        "parameterOrder": names,
        "response": {"$ref": "Resource"},
    }
    return {**method, "request": {"$ref": "Resource"}} if operation.method in _BODIES else method


def _required() -> dict[str, Any]:
    return {"type": "string", "location": "path", "required": True}


def _query_parameters() -> dict[str, Any]:
    """Every method is said to take every parameter; those it has no use for are not looked at."""
    kinds = dict.fromkeys(_STRINGS, "string") | dict.fromkeys(_INTEGERS, "integer")
    kinds |= dict.fromkeys((*_BOOLEANS, *_FLAGS), "boolean")
    return {name: {"type": kind, "location": "query"} for name, kind in kinds.items()}


def _media_upload() -> dict[str, Any]:
    path = "bigquery/v2/projects/{+projectId}/jobs"
    protocols = {
        "simple": {"multipart": True, "path": f"/upload/{path}"},
        "resumable": {"multipart": True, "path": f"/resumable/upload/{path}"},
    }
    return {"supportsMediaUpload": True, "mediaUpload": {"accept": ["*/*"], "protocols": protocols}}
