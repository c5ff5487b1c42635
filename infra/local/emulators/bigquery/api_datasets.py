"""The datasets.* and projects.* methods."""

from dataclasses import replace
from typing import Any

from infra.local.emulators.bigquery.operations import Answer, Call, Operation, page

_KEPT = ("description", "friendlyName", "labels", "defaultTableExpirationMs", "location", "access")


def _settings(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in _KEPT if body.get(key) is not None}


def _list(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        datasets = [dataset.resource() for dataset in call.emulator.catalog.datasets(cursor, call.project)]
    shown = ("id", "datasetReference", "labels", "friendlyName", "location")
    items = [
        {"kind": "bigquery#dataset", **{k: v for k, v in body.items() if k in shown}} for body in datasets
    ]
    return Answer(page(items, call.query, "bigquery#datasetList", "datasets"))


def _get(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        return Answer(call.emulator.catalog.dataset(cursor, call.dataset).resource())


def _insert(call: Call) -> Answer:
    name = replace(
        call, path={**call.path, "dataset": call.body["datasetReference"]["datasetId"]}
    ).dataset.checked()
    with call.emulator.database.transaction(writer=True) as cursor:
        return Answer(call.emulator.catalog.create_dataset(cursor, name, _settings(call.body)).resource())


def _patch(call: Call) -> Answer:
    with call.emulator.database.transaction(writer=True) as cursor:
        dataset = call.emulator.catalog.dataset(cursor, call.dataset)
        call.check_etag(dataset.resource()["etag"])
        settings = {**dataset.settings, **{key: call.body[key] for key in _KEPT if key in call.body}}
        settings = {key: value for key, value in settings.items() if value is not None}
        return Answer(
            call.emulator.catalog.save_dataset(cursor, replace(dataset, settings=settings)).resource()
        )


def _update(call: Call) -> Answer:
    with call.emulator.database.transaction(writer=True) as cursor:
        dataset = call.emulator.catalog.dataset(cursor, call.dataset)
        call.check_etag(dataset.resource()["etag"])
        changed = replace(dataset, settings=_settings(call.body))
        return Answer(call.emulator.catalog.save_dataset(cursor, changed).resource())


def _delete(call: Call) -> Answer:
    with call.emulator.database.transaction(writer=True) as cursor:
        call.emulator.catalog.drop_dataset(cursor, call.dataset, contents=call.flag("deleteContents"))
    return Answer({})


def _projects(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        rows = cursor.execute("SELECT DISTINCT project FROM _catalog.datasets ORDER BY project").fetchall()
    items = [
        {
            "kind": "bigquery#project",
            "id": row[0],
            "numericId": "1",
            "projectReference": {"projectId": row[0]},
            "friendlyName": row[0],
        }
        for row in rows
    ]
    body = page(items, call.query, "bigquery#projectList", "projects")
    return Answer({**body, "totalItems": len(items)})


OPERATIONS = [
    Operation("GET", "/projects", "projects.list", "listProjects", _projects),
    Operation("GET", "/projects/{project}/datasets", "datasets.list", "listDatasets", _list),
    Operation("POST", "/projects/{project}/datasets", "datasets.insert", "insertDataset", _insert),
    Operation("GET", "/projects/{project}/datasets/{dataset}", "datasets.get", "getDataset", _get),
    Operation("PATCH", "/projects/{project}/datasets/{dataset}", "datasets.patch", "patchDataset", _patch),
    Operation("PUT", "/projects/{project}/datasets/{dataset}", "datasets.update", "updateDataset", _update),
    Operation(
        "DELETE", "/projects/{project}/datasets/{dataset}", "datasets.delete", "deleteDataset", _delete
    ),
]
