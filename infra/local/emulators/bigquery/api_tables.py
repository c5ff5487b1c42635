"""The tables.* and tabledata.* methods."""

from dataclasses import replace
from typing import Any

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.errors import invalid
from infra.local.emulators.bigquery.fields import Field, fields_from_resource
from infra.local.emulators.bigquery.functions import Surroundings
from infra.local.emulators.bigquery.names import quote
from infra.local.emulators.bigquery.operations import Answer, Call, Operation, page
from infra.local.emulators.bigquery.rows import PageRequest, read_page
from infra.local.emulators.bigquery.sizes import table_bytes, table_rows
from infra.local.emulators.bigquery.translation import Translator, describe, parse

_KEPT = ("description", "friendlyName", "labels", "timePartitioning", "rangePartitioning", "clustering")
_REFUSED = ("externalDataConfiguration", "materializedView", "requirePartitionFilter", "tableConstraints")


def _resource(cursor: DuckDBPyConnection, table: Table) -> dict[str, Any]:
    if table.query is not None:
        return table.resource()
    return table.resource(table_rows(cursor, table), table_bytes(cursor, table))


def _list(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        call.emulator.catalog.dataset(cursor, call.dataset)
        tables = call.emulator.catalog.tables(cursor, call.dataset)
    shown: tuple[str, ...] = (
        "kind",
        "id",
        "tableReference",
        "type",
        "creationTime",
        "expirationTime",
        "labels",
        "friendlyName",
    )
    shown += ("timePartitioning", "clustering")
    items = [{key: value for key, value in table.resource().items() if key in shown} for table in tables]
    body = page(items, call.query, "bigquery#tableList", "tables")
    return Answer({**body, "totalItems": len(items)})


def _get(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        return Answer(_resource(cursor, call.emulator.catalog.table(cursor, call.table)))


def _insert(call: Call) -> Answer:
    body = call.body
    _refuse(body)
    path = {**call.path, "table": body.get("tableReference", {}).get("tableId", "")}
    name = replace(call, path=path).table.checked()
    settings = {key: body[key] for key in _KEPT if body.get(key)}
    expires = int(body["expirationTime"]) if body.get("expirationTime") else None
    with call.emulator.database.transaction(writer=True) as cursor:
        catalog = call.emulator.catalog
        if body.get("view"):
            query = body["view"].get("query", "")
            table = catalog.create_view(cursor, name, _view_fields(call, cursor, query), query, settings)
        else:
            table = catalog.create_table(
                cursor, name, fields_from_resource(body.get("schema")), settings, expires
            )
        return Answer(_resource(cursor, table))


def _refuse(body: dict[str, Any]) -> None:
    for key in _REFUSED:
        if body.get(key):
            raise invalid(f"Not served by the local emulator: {key}")


def _view_fields(call: Call, cursor: DuckDBPyConnection, query: str) -> tuple[Field, ...]:
    surroundings = Surroundings(call.project, call.emulator.services.clock.now(), {})
    translator = Translator(call.emulator.catalog, cursor, surroundings, None)
    return describe(cursor, translator.query(parse(query)))


def _patch(call: Call) -> Answer:
    return _change(call, {key: call.body[key] for key in call.body})


def _update(call: Call) -> Answer:
    """A full replacement: what the body leaves out is taken away, but for the columns."""
    return _change(call, {**dict.fromkeys((*_KEPT, "expirationTime")), **call.body})


def _change(call: Call, body: dict[str, Any]) -> Answer:
    _refuse(body)
    with call.emulator.database.transaction(writer=True) as cursor:
        table = call.emulator.catalog.table(cursor, call.table)
        call.check_etag(table.resource()["etag"])
        settings = {**table.settings, **{key: body[key] for key in _KEPT if key in body}}
        table = replace(table, settings={key: value for key, value in settings.items() if value is not None})
        if "expirationTime" in body:
            table = replace(table, expires=int(body["expirationTime"]) if body["expirationTime"] else None)
        if body.get("view"):
            query = body["view"].get("query", "")
            table = replace(table, query=query, fields=_view_fields(call, cursor, query))
        elif body.get("schema"):
            table = _change_schema(call, cursor, table, fields_from_resource(body["schema"]))
        return Answer(_resource(cursor, call.emulator.catalog.save_table(cursor, table)))


def _change_schema(call: Call, cursor: DuckDBPyConnection, table: Table, wanted: tuple[Field, ...]) -> Table:
    """New columns may be added, REQUIRED may become NULLABLE, descriptions may change; nothing else."""
    known = {field.name.lower(): field for field in table.fields}
    if missing := [name for name in known if name not in {field.name.lower() for field in wanted}]:
        raise invalid(
            f"Provided Schema does not match Table {table.name}. Field {missing[0]} is missing in new schema"
        )
    for field in wanted:
        old = known.get(field.name.lower())
        if old is None:
            table = call.emulator.catalog.add_column(cursor, table, field)
        elif old.sql() != field.sql() or (field.required and not old.required):
            raise invalid(
                f"Provided Schema does not match Table {table.name}. Field {field.name} has changed from "
                f"{old.mode} {old.sql()} to {field.mode} {field.sql()}"
            )
        elif old.required and not field.required:
            cursor.execute(f"ALTER TABLE {table.name.duckdb} ALTER COLUMN {quote(old.name)} DROP NOT NULL")
    described = {field.name.lower(): field for field in wanted}
    return replace(table, fields=tuple(described[field.name.lower()] for field in table.fields))


def _delete(call: Call) -> Answer:
    with call.emulator.database.transaction(writer=True) as cursor:
        call.emulator.catalog.drop_table(cursor, call.table)
    return Answer({})


def _rows(call: Call) -> Answer:
    with call.emulator.database.transaction(writer=False) as cursor:
        table = call.emulator.catalog.table(cursor, call.table)
        if table.query is not None:
            raise invalid(f"Cannot list a table of type VIEW: {table.name}")
        head = {"kind": "bigquery#tableDataList", "etag": table.resource()["etag"]}
        return Answer(raw=read_page(cursor, table, PageRequest.of(call.query), head))


def _insert_all(call: Call) -> Answer:
    errors = call.emulator.inserts.insert(call.table, call.body)
    body: dict[str, Any] = {"kind": "bigquery#tableDataInsertAllResponse"}
    return Answer({**body, "insertErrors": errors} if errors else body)


_DATASET = "/projects/{project}/datasets/{dataset}/tables"
OPERATIONS = [
    Operation("GET", _DATASET, "tables.list", "listTables", _list),
    Operation("POST", _DATASET, "tables.insert", "insertTable", _insert),
    Operation("GET", _DATASET + "/{table}", "tables.get", "getTable", _get),
    Operation("PATCH", _DATASET + "/{table}", "tables.patch", "patchTable", _patch),
    Operation("PUT", _DATASET + "/{table}", "tables.update", "updateTable", _update),
    Operation("DELETE", _DATASET + "/{table}", "tables.delete", "deleteTable", _delete),
    Operation("GET", _DATASET + "/{table}/data", "tabledata.list", "listRows", _rows),
    Operation("POST", _DATASET + "/{table}/insertAll", "tabledata.insertAll", "insertAll", _insert_all),
]
