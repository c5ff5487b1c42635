"""Datasets, tables and their rows through the real client."""

import datetime as dt
import decimal

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.integration.bigquery.servers import PROJECT, Running

Field = bigquery.SchemaField

EVERY_TYPE = [
    Field("id", "INT64", mode="REQUIRED"),
    Field("text", "STRING", description="any text"),
    Field("raw", "BYTES"),
    Field("ratio", "FLOAT64"),
    Field("price", "NUMERIC"),
    Field("exact", "BIGNUMERIC"),
    Field("yes", "BOOL"),
    Field("seen", "TIMESTAMP"),
    Field("local", "DATETIME"),
    Field("day", "DATE"),
    Field("clock", "TIME"),
    Field("extra", "JSON"),
    Field("tags", "STRING", mode="REPEATED"),
    Field("maker", "RECORD", fields=[Field("name", "STRING"), Field("codes", "INT64", mode="REPEATED")]),
    Field("offers", "RECORD", mode="REPEATED", fields=[Field("at", "TIMESTAMP"), Field("cost", "NUMERIC")]),
]
EVERY_VALUE = {
    "id": 1,
    "text": 'quote " and \\ and \n and ü',
    "raw": "AP8=",
    "ratio": 1.5,
    "price": "12.340000001",
    "exact": "0.1234567890123456789",
    "yes": True,
    "seen": "2024-01-31T12:30:00.123456Z",
    "local": "2024-01-31T12:30:00.5",
    "day": "2024-02-29",
    "clock": "23:59:59.000001",
    "extra": {"a": [1, None, "x"]},
    "tags": ["b", "a"],
    "maker": {"name": "TI", "codes": [1, 2]},
    "offers": [{"at": "2024-01-01T00:00:00Z", "cost": "1"}, {"at": None, "cost": None}],
}
EVERY_VALUE_READ = {
    "id": 1,
    "text": 'quote " and \\ and \n and ü',
    "raw": b"\x00\xff",
    "ratio": 1.5,
    "price": decimal.Decimal("12.340000001"),
    "exact": decimal.Decimal("0.1234567890123456789"),
    "yes": True,
    "seen": dt.datetime(2024, 1, 31, 12, 30, 0, 123456, dt.UTC),
    "local": dt.datetime(2024, 1, 31, 12, 30, 0, 500000),  # noqa: DTZ001  # a DATETIME has no zone
    "day": dt.date(2024, 2, 29),
    "clock": dt.time(23, 59, 59, 1),
    "extra": {"a": [1, None, "x"]},
    "tags": ["b", "a"],
    "maker": {"name": "TI", "codes": [1, 2]},
    "offers": [
        {"at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "cost": decimal.Decimal(1)},
        {"at": None, "cost": None},
    ],
}


def test_every_type_comes_back_as_it_was_loaded(client: bigquery.Client, dataset: str) -> None:
    table = client.create_table(bigquery.Table(f"{dataset}.all", schema=EVERY_TYPE))
    client.load_table_from_json([EVERY_VALUE, {"id": 2}], table).result()
    first, second = sorted(client.list_rows(table), key=lambda row: row["id"])  # a table has no order
    assert dict(first.items()) == EVERY_VALUE_READ
    assert second["text"] is None
    assert second["tags"] == []
    assert second["maker"] is None


def test_every_type_comes_back_from_a_query_too(client: bigquery.Client, dataset: str) -> None:
    table = client.create_table(bigquery.Table(f"{dataset}.all", schema=EVERY_TYPE))
    client.load_table_from_json([EVERY_VALUE], table).result()
    (row,) = client.query(f"SELECT * FROM `{dataset}.all`").result()
    assert dict(row.items()) == EVERY_VALUE_READ


def test_a_table_is_described_as_it_was_made(client: bigquery.Client, dataset: str) -> None:
    asked = bigquery.Table(f"{dataset}.all", schema=EVERY_TYPE)
    asked.description, asked.labels = "parts", {"team": "data"}
    asked.time_partitioning = bigquery.TimePartitioning(field="day")
    asked.clustering_fields = ["text"]
    client.create_table(asked)
    table = client.get_table(f"{dataset}.all")
    assert [(f.name, f.field_type, f.mode) for f in table.schema][:3] == [
        ("id", "INTEGER", "REQUIRED"),
        ("text", "STRING", "NULLABLE"),
        ("raw", "BYTES", "NULLABLE"),
    ]
    assert table.schema[1].description == "any text"
    assert [child.mode for child in table.schema[13].fields] == ["NULLABLE", "REPEATED"]
    assert (table.description, table.labels, table.num_rows) == ("parts", {"team": "data"}, 0)
    assert table.time_partitioning is not None
    assert table.clustering_fields == ["text"]


def test_bytes_are_counted_as_bigquery_counts_them(client: bigquery.Client, dataset: str) -> None:
    schema = [Field("n", "INT64"), Field("s", "STRING"), Field("a", "INT64", mode="REPEATED")]
    table = client.create_table(bigquery.Table(f"{dataset}.sized", schema=schema))
    client.load_table_from_json([{"n": 1, "s": "äb", "a": [1, 2]}, {"n": None, "s": None}], table).result()
    assert client.get_table(table).num_bytes == 8 + (2 + 3) + 16


@pytest.mark.parametrize("kind", ["GEOGRAPHY", "INTERVAL", "NONSENSE"])
def test_an_unknown_type_is_refused(client: bigquery.Client, dataset: str, kind: str) -> None:
    with pytest.raises(exceptions.BadRequest, match=kind):
        client.create_table(bigquery.Table(f"{dataset}.bad", schema=[Field("x", kind)]))


def test_missing_things_are_not_found_and_doubles_are_conflicts(
    client: bigquery.Client, dataset: str
) -> None:
    with pytest.raises(exceptions.NotFound, match="Not found: Dataset"):
        client.get_dataset("nowhere")
    with pytest.raises(exceptions.NotFound, match="Not found: Table"):
        client.get_table(f"{dataset}.nothing")
    with pytest.raises(exceptions.NotFound, match="Not found: Dataset"):
        client.get_table("nowhere.nothing")
    client.create_table(bigquery.Table(f"{dataset}.t", schema=[Field("x", "INT64")]))
    with pytest.raises(exceptions.Conflict, match="Already Exists"):
        client.create_table(bigquery.Table(f"{dataset}.t"))
    with pytest.raises(exceptions.Conflict, match="Already Exists"):
        client.create_dataset(dataset)
    client.delete_table(f"{dataset}.gone", not_found_ok=True)
    with pytest.raises(exceptions.NotFound):
        client.delete_table(f"{dataset}.gone")


def test_datasets_and_tables_are_listed(client: bigquery.Client, dataset: str) -> None:
    for name in ("b", "a", "c"):
        client.create_table(bigquery.Table(f"{dataset}.{name}", schema=[Field("x", "INT64")]))
    client.query("SELECT 1").result()
    assert [table.table_id for table in client.list_tables(dataset, page_size=2)] == ["a", "b", "c"]
    names = [item.dataset_id for item in client.list_datasets()]
    assert dataset.split(".")[1] in names
    assert not [name for name in names if name.startswith("_")]
    assert PROJECT in [project.project_id for project in client.list_projects()]


def test_a_dataset_that_holds_tables_is_deleted_only_on_purpose(
    client: bigquery.Client, dataset: str
) -> None:
    client.create_table(bigquery.Table(f"{dataset}.t", schema=[Field("x", "INT64")]))
    with pytest.raises(exceptions.BadRequest, match="still in use"):
        client.delete_dataset(dataset)
    client.delete_dataset(dataset, delete_contents=True)
    with pytest.raises(exceptions.NotFound):
        client.get_dataset(dataset)


def test_a_table_grows_columns_and_keeps_its_rows(client: bigquery.Client, dataset: str) -> None:
    table = client.create_table(bigquery.Table(f"{dataset}.t", schema=[Field("x", "INT64", mode="REQUIRED")]))
    client.load_table_from_json([{"x": 1}], table).result()
    table = client.get_table(table)
    table.schema = [Field("x", "INT64"), Field("y", "STRING", mode="REPEATED")]
    table = client.update_table(table, ["schema"])
    client.insert_rows_json(table, [{"x": None, "y": ["a"]}])
    rows = [dict(row.items()) for row in client.list_rows(client.get_table(table))]
    assert rows == [{"x": 1, "y": []}, {"x": None, "y": ["a"]}]
    table = client.get_table(table)  # its etag moves with its rows
    table.schema = [Field("x", "STRING"), Field("y", "STRING", mode="REPEATED")]
    with pytest.raises(exceptions.BadRequest, match="does not match"):
        client.update_table(table, ["schema"])


def test_an_update_of_an_old_state_is_refused(client: bigquery.Client, dataset: str) -> None:
    client.create_table(bigquery.Table(f"{dataset}.t", schema=[Field("x", "INT64")]))
    first, second = client.get_table(f"{dataset}.t"), client.get_table(f"{dataset}.t")
    first.description = "one"
    client.update_table(first, ["description"])
    second.description = "two"
    with pytest.raises(exceptions.PreconditionFailed):
        client.update_table(second, ["description"])


def test_a_dataset_can_be_described(client: bigquery.Client, dataset: str) -> None:
    found = client.get_dataset(dataset)
    found.description, found.labels = "all parts", {"a": "b"}
    client.update_dataset(found, ["description", "labels"])
    assert client.get_dataset(dataset).description == "all parts"


def test_rows_are_listed_by_page_by_index_and_by_column(client: bigquery.Client, dataset: str) -> None:
    schema = [Field("n", "INT64"), Field("s", "STRING")]
    table = client.create_table(bigquery.Table(f"{dataset}.t", schema=schema))
    client.load_table_from_json([{"n": n, "s": str(n)} for n in range(25)], table).result()
    assert [row["n"] for row in client.list_rows(table, page_size=7)] == list(range(25))
    assert [row["n"] for row in client.list_rows(table, start_index=20)] == [20, 21, 22, 23, 24]
    assert [row["n"] for row in client.list_rows(table, max_results=3)] == [0, 1, 2]
    (row,) = client.list_rows(table, selected_fields=[schema[1]], max_results=1)
    assert dict(row.items()) == {"s": "0"}


def test_a_page_token_goes_on_in_another_client(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    table = client.create_table(bigquery.Table(f"{dataset}.t", schema=[Field("n", "INT64")]))
    client.load_table_from_json([{"n": n} for n in range(10)], table).result()
    first = client.list_rows(table, max_results=4)
    assert [row["n"] for row in first] == [0, 1, 2, 3]
    with running.client() as other:
        rest = other.list_rows(f"{dataset}.t", page_token=first.next_page_token, page_size=3)
        assert [row["n"] for row in rest] == [4, 5, 6, 7, 8, 9]


def test_rows_are_listed_after_deletions(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 6000)) AS n").result()
    client.query(f"DELETE FROM `{dataset}.t` WHERE MOD(n, 2) = 0").result()
    assert [row["n"] for row in client.list_rows(f"{dataset}.t", page_size=999)] == list(range(1, 6001, 2))


def test_a_page_token_of_a_replaced_table_is_refused(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT n FROM UNNEST([1, 2, 3]) AS n").result()
    rows = client.list_rows(f"{dataset}.t", max_results=1)
    assert len(list(rows)) == 1
    client.query(f"CREATE OR REPLACE TABLE `{dataset}.t` AS SELECT 9 AS n").result()
    with pytest.raises(exceptions.BadRequest, match="page token"):
        list(client.list_rows(f"{dataset}.t", page_token=rows.next_page_token))


def test_a_view_shows_what_its_query_finds_now(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    view = bigquery.Table(f"{dataset}.v")
    view.view_query = f"SELECT n * 2 AS twice FROM `{dataset}.t`"
    assert client.create_table(view).table_type == "VIEW"
    client.query(f"INSERT INTO `{dataset}.t` (n) VALUES (5)").result()
    assert sorted(row["twice"] for row in client.query(f"SELECT * FROM `{dataset}.v`").result()) == [2, 10]
    with pytest.raises(exceptions.BadRequest, match="VIEW"):
        list(client.list_rows(client.get_table(view)))


def test_a_table_that_has_expired_is_gone(running: Running, client: bigquery.Client, dataset: str) -> None:
    table = bigquery.Table(f"{dataset}.t", schema=[Field("n", "INT64")])
    table.expires = running.clock.now() + dt.timedelta(hours=1)
    client.create_table(table)
    running.clock.set_offset(running.clock.offset() + 3601)
    with pytest.raises(exceptions.NotFound):
        client.get_table(table)
