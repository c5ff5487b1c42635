"""Load, extract, export, copy and streaming inserts through the real client, with gs:// objects over HTTP."""

import gzip
import io
import json
import uuid

import duckdb
import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.integration.bigquery.servers import StorageServer

Field = bigquery.SchemaField
SCHEMA = [Field("id", "INT64", mode="REQUIRED"), Field("name", "STRING"), Field("price", "NUMERIC")]


def _load(**options: object) -> bigquery.LoadJobConfig:
    return bigquery.LoadJobConfig(**{"schema": SCHEMA, **options})


def _json_config(**options: object) -> bigquery.LoadJobConfig:
    return _load(source_format="NEWLINE_DELIMITED_JSON", **options)


def _values(client: bigquery.Client, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in client.list_rows(table)]


def _ids(client: bigquery.Client, table: str) -> list[object]:
    return [row[0] for row in client.list_rows(table)]


def test_json_rows_are_loaded_once_under_their_job_id(client: bigquery.Client, dataset: str) -> None:
    job_id = f"push_{uuid.uuid4().hex}"
    rows = [{"id": 1, "name": "a", "price": "1.50"}, {"id": 2}]
    job = client.load_table_from_json(rows, f"{dataset}.t", job_id=job_id, job_config=_load())
    assert job.result().output_rows == 2
    with pytest.raises(exceptions.Conflict, match="Already Exists: Job"):
        client.load_table_from_json(rows, f"{dataset}.t", job_id=job_id, job_config=_load())
    assert client.get_job(job_id).output_rows == 2
    assert client.get_table(f"{dataset}.t").num_rows == 2


def test_a_large_upload_goes_in_parts(client: bigquery.Client, dataset: str) -> None:
    lines = "\n".join(json.dumps({"id": n, "name": "x" * 1000}) for n in range(7000)).encode()
    job = client.load_table_from_file(io.BytesIO(lines), f"{dataset}.t", job_config=_json_config())
    assert job.result().output_rows == 7000
    assert job.input_file_bytes == len(lines)


def test_a_file_with_carriage_returns_and_boundaries_arrives_byte_for_byte(
    client: bigquery.Client, dataset: str
) -> None:
    text = 'id,name,price\r\n1,"two\r\nlines --=====",3\r\n'
    config = _load(source_format="CSV", skip_leading_rows=1, allow_quoted_newlines=True)
    client.load_table_from_file(
        io.BytesIO(text.encode()), f"{dataset}.t", size=len(text), job_config=config
    ).result()
    assert _values(client, f"{dataset}.t")[0][1] == "two\r\nlines --====="


def test_csv_is_loaded_with_its_own_marks(client: bigquery.Client, dataset: str) -> None:
    text = "skip me\n1;'a;b';2\n2;'';\n3;NIL;1e1\n"
    config = _load(
        source_format="CSV", skip_leading_rows=1, field_delimiter=";", quote_character="'", null_marker="NIL"
    )
    config.schema = [Field("id", "INT64"), Field("name", "STRING"), Field("price", "STRING")]
    client.load_table_from_file(io.BytesIO(text.encode()), f"{dataset}.t", job_config=config).result()
    assert _values(client, f"{dataset}.t") == [(1, "a;b", "2"), (2, "", ""), (3, None, "1e1")]


def test_an_empty_csv_cell_is_null_and_an_empty_quoted_one_is_not(
    client: bigquery.Client, dataset: str
) -> None:
    config = _load(source_format="CSV")
    client.load_table_from_file(io.BytesIO(b'1,,\n2,"",5\n'), f"{dataset}.t", job_config=config).result()
    rows = _values(client, f"{dataset}.t")
    assert [row[1] for row in rows] == [None, ""]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "x"}', "Could not convert value to INT64. Field: id; Value: x"),
        ('{"id": 1.5}', "Could not convert value to INT64. Field: id; Value: 1.5"),
        ('{"id": true}', "Could not convert value to INT64. Field: id; Value: true"),
        ('{"name": "x"}', "Missing required field: id"),
        ('{"id": 1, "nmae": "x"}', "no such field: nmae"),
        ('{"id": 1, "name": {"a": 1}}', "Could not convert value to STRING. Field: name"),
        ('{"id": 1, "price": "12,5"}', "Could not convert value to NUMERIC. Field: price; Value: 12,5"),
        ("{broken", "JSON parsing error"),
        ("[1]", "JSON parsing error"),
    ],
)
def test_a_bad_row_fails_the_whole_load_and_is_named(
    client: bigquery.Client, dataset: str, line: str, message: str
) -> None:
    client.create_table(bigquery.Table(f"{dataset}.t", schema=SCHEMA))
    data = io.BytesIO(f'{{"id": 7}}\n{line}\n'.encode())
    job = client.load_table_from_file(data, f"{dataset}.t", job_config=_json_config())
    with pytest.raises(exceptions.BadRequest, match="too many errors"):
        job.result()
    assert message in job.errors[1]["message"]
    assert "Row 2:" in job.errors[1]["message"]
    assert job.errors[1]["location"] == "upload"
    assert client.get_table(f"{dataset}.t").num_rows == 0


def test_nested_faults_are_named_by_their_path(client: bigquery.Client, dataset: str) -> None:
    parts = Field(
        "parts",
        "RECORD",
        mode="REPEATED",
        fields=[Field("n", "INT64"), Field("tags", "STRING", mode="REPEATED")],
    )
    config = _json_config(schema=[parts])
    for line, message in [
        ('{"parts": [{"n": 1}, {"n": "x"}]}', "Field: parts.n; Value: x"),
        ('{"parts": [{"m": 1}]}', "no such field: parts.m"),
        ('{"parts": {"n": 1}}', "must be imported as a JSON array. Field: parts"),
        ('{"parts": [{"tags": null}]}', "Only optional fields can be set to NULL. Field: parts.tags"),
        ('{"parts": [1]}', "Field: parts; a record must be a JSON object"),
    ]:
        job = client.load_table_from_file(io.BytesIO(line.encode()), f"{dataset}.t", job_config=config)
        with pytest.raises(exceptions.BadRequest):
            job.result()
        assert message in job.errors[1]["message"]


def test_some_bad_rows_may_be_left_out_with_leave(client: bigquery.Client, dataset: str) -> None:
    lines = b'{"id": 1}\n{"id": "x"}\n{"id": 3}\n{"no": 1}\n'
    config = _json_config(max_bad_records=2)
    job = client.load_table_from_file(io.BytesIO(lines), f"{dataset}.t", job_config=config)
    assert job.result().output_rows == 2
    assert len(job.errors) == 2
    assert _ids(client, f"{dataset}.t") == [1, 3]
    config = _json_config(max_bad_records=1)
    with pytest.raises(exceptions.BadRequest):
        client.load_table_from_file(io.BytesIO(lines), f"{dataset}.t", job_config=config).result()


def test_a_bad_row_far_down_a_large_file_is_named_by_its_number(
    client: bigquery.Client, dataset: str
) -> None:
    lines = [f'{{"id": {n}, "name": "{"x" * 60}"}}' for n in range(60_000)]
    lines[54_321] = '{"id": "x"}'
    config = _json_config(max_bad_records=1)
    data = io.BytesIO("\n".join(lines).encode())
    job = client.load_table_from_file(data, f"{dataset}.t", job_config=config)
    assert job.result().output_rows == 59_999
    assert "Row 54322:" in job.errors[0]["message"]
    assert _ids(client, f"{dataset}.t") == [n for n in range(60_000) if n != 54_321]


def test_csv_rows_of_the_wrong_width_are_named_by_their_number(client: bigquery.Client, dataset: str) -> None:
    lines = b"id,name,price\n1,a,1\n2,b\n3,c,3,4\nx,d,4\n5,e,5\n"
    config = _load(source_format="CSV", skip_leading_rows=1, max_bad_records=3)
    job = client.load_table_from_file(io.BytesIO(lines), f"{dataset}.t", job_config=config)
    job.result()
    assert _ids(client, f"{dataset}.t") == [1, 5]
    assert [error["message"].split("Row ")[1][0] for error in job.errors] == ["2", "3", "4"]


def test_unknown_values_may_be_ignored(client: bigquery.Client, dataset: str) -> None:
    config = _json_config(ignore_unknown_values=True)
    client.load_table_from_file(
        io.BytesIO(b'{"id": 1, "more": 2}'), f"{dataset}.t", job_config=config
    ).result()
    assert _ids(client, f"{dataset}.t") == [1]


def test_columns_are_detected(client: bigquery.Client, dataset: str) -> None:
    client.load_table_from_json(
        [{"n": 1, "when": "2024-01-01T00:00:00Z", "a": [1.5]}], f"{dataset}.j"
    ).result()
    found = [(f.name, f.field_type, f.mode) for f in client.get_table(f"{dataset}.j").schema]
    assert found == [
        ("n", "INTEGER", "NULLABLE"),
        ("when", "TIMESTAMP", "NULLABLE"),
        ("a", "FLOAT", "REPEATED"),
    ]
    config = bigquery.LoadJobConfig(source_format="CSV", autodetect=True)
    data = io.BytesIO(b"part,stock\nLM358,5\nNE555,7\n")
    client.load_table_from_file(data, f"{dataset}.c", job_config=config).result()
    assert _values(client, f"{dataset}.c") == [("LM358", 5), ("NE555", 7)]
    config = bigquery.LoadJobConfig(source_format="CSV", autodetect=False)
    with pytest.raises(exceptions.BadRequest, match="No schema"):
        client.load_table_from_file(io.BytesIO(b"1\n"), f"{dataset}.none", job_config=config).result()


def test_dispositions_say_what_happens_to_a_table_that_is_there(
    client: bigquery.Client, dataset: str
) -> None:
    def load(number: int, **options: object) -> None:
        client.load_table_from_json([{"id": number}], f"{dataset}.t", job_config=_load(**options)).result()

    with pytest.raises(exceptions.NotFound):
        load(0, create_disposition="CREATE_NEVER")
    load(1)
    load(2)
    assert _ids(client, f"{dataset}.t") == [1, 2]
    with pytest.raises(exceptions.Conflict):
        load(3, write_disposition="WRITE_EMPTY")
    load(4, write_disposition="WRITE_TRUNCATE")
    assert _ids(client, f"{dataset}.t") == [4]
    with pytest.raises(exceptions.BadRequest, match="does not match"):
        load(5, schema=[Field("id", "STRING")])
    with pytest.raises(exceptions.BadRequest, match="schemaUpdateOptions"):
        load(6, schema_update_options=["ALLOW_FIELD_ADDITION"])


def test_objects_are_loaded_by_name_and_by_wildcard(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    for number in range(5):
        storage.put("in", f"parts/day-{number}.json", f'{{"id": {number}}}\n')
    storage.put("in", "parts/other.txt", "no")
    storage.put("in", "one.json.gz", gzip.compress(b'{"id": 100}'))
    uris = ["gs://in/parts/day-*.json", "gs://in/one.json.gz"]
    job_id = f"load_{uuid.uuid4().hex}"
    job = client.load_table_from_uri(uris, f"{dataset}.t", job_id=job_id, job_config=_json_config())
    assert job.result().output_rows == 6
    assert job.input_files == 6
    assert sorted(_ids(client, f"{dataset}.t")) == [0, 1, 2, 3, 4, 100]


def test_a_bad_object_is_named_and_a_missing_one_is_not_found(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    storage.put("in", "bad/1.json", '{"id": 1}\n')
    storage.put("in", "bad/2.json", '{"id": 2}\n{"id": "x"}\n')
    job = client.load_table_from_uri("gs://in/bad/*", f"{dataset}.t", job_config=_json_config())
    with pytest.raises(exceptions.BadRequest):
        job.result()
    assert (job.error_result["location"], "Row 2" in job.errors[1]["message"]) == ("gs://in/bad/2.json", True)
    for uri in ("gs://in/none-*.json", "gs://in/none.json"):
        with pytest.raises(exceptions.NotFound, match="Not found: URI"):
            client.load_table_from_uri(uri, f"{dataset}.t", job_config=_json_config()).result()


def _numbers(client: bigquery.Client, table: str, count: int) -> None:
    columns = "n, CAST(n AS STRING) AS s, TIMESTAMP '2024-01-31 12:00:00' AS t"
    sql = f"SELECT {columns} FROM UNNEST(GENERATE_ARRAY(1, {count})) AS n"
    client.query(f"CREATE TABLE `{table}` AS {sql}").result()


def test_export_data_writes_shards_in_the_order_of_the_query(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    _numbers(client, f"{dataset}.t", 250)
    prefix = uuid.uuid4().hex
    sql = f"""EXPORT DATA OPTIONS(uri='gs://out/{prefix}/part-*.json', format='JSON', overwrite=true)
              AS SELECT n, s, t, IF(n > 1, NULL, 'x') AS maybe
              FROM `{dataset}.t` WHERE n <= @most ORDER BY n DESC"""
    config = bigquery.QueryJobConfig(query_parameters=[bigquery.ScalarQueryParameter("most", "INT64", 220)])
    job = client.query(sql, job_config=config)
    job.result()
    objects = storage.under("out", prefix)
    assert list(objects) == [f"{prefix}/part-{shard:012d}.json" for shard in range(3)]
    lines = [json.loads(line) for data in objects.values() for line in data.decode().splitlines()]
    assert [int(line["n"]) for line in lines] == list(range(220, 0, -1))
    assert lines[0] == {"n": "220", "s": "220", "t": "2024-01-31 12:00:00 UTC"}
    assert lines[-1]["maybe"] == "x"


def test_csv_shards_have_a_header_each_and_keep_the_order_of_the_query(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    _numbers(client, f"{dataset}.t", 20_000)
    prefix = uuid.uuid4().hex
    sql = f"""EXPORT DATA OPTIONS(uri='gs://out/{prefix}/*.csv', format='CSV', header=true, overwrite=true)
              AS SELECT n, s FROM `{dataset}.t` ORDER BY n DESC"""
    job = client.query(sql)
    job.result()
    objects = storage.under("out", prefix)
    assert len(objects) > 3
    assert list(objects) == [f"{prefix}/{shard:012d}.csv" for shard in range(len(objects))]
    tables = [data.decode().splitlines() for data in objects.values()]
    assert {lines[0] for lines in tables} == {"n,s"}
    numbers = [int(line.split(",")[0]) for lines in tables for line in lines[1:]]
    assert numbers == list(range(20_000, 0, -1))
    counts = job._properties["statistics"]["query"]["exportDataStatistics"]
    assert counts == {"fileCount": str(len(objects)), "rowCount": "20000"}


def test_an_export_without_rows_is_one_object_with_a_header(
    client: bigquery.Client, storage: StorageServer
) -> None:
    prefix = uuid.uuid4().hex
    options = f"uri='gs://out/{prefix}/*.csv', format='CSV', header=true"
    client.query(
        f"EXPORT DATA OPTIONS({options}) AS SELECT 1 AS a, 'x' AS b FROM UNNEST([1]) WHERE FALSE"
    ).result()
    assert storage.under("out", prefix) == {f"{prefix}/000000000000.csv": b"a,b\n"}


def test_export_data_keeps_what_is_there_unless_told(client: bigquery.Client, storage: StorageServer) -> None:
    prefix = uuid.uuid4().hex
    storage.put("out", f"{prefix}-000000000000.csv", "old")
    sql = "EXPORT DATA OPTIONS(uri='gs://out/{p}-*.csv', format='CSV', header=true{o}) AS SELECT 1 a, 'x,y' b"
    with pytest.raises(exceptions.BadRequest, match="overwrite"):
        client.query(sql.format(p=prefix, o="")).result()
    client.query(sql.format(p=prefix, o=", overwrite=true")).result()
    assert storage.under("out", prefix)[f"{prefix}-000000000000.csv"].decode() == 'a,b\n1,"x,y"\n'


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("uri='gs://out/x.json', format='JSON'", r"exactly one '\*'"),
        ("uri='gs://out/x-*', format='AVRO'", "AVRO"),
        ("format='JSON'", "uri"),
        ("uri='gs://out/x-*', format='JSON', nonsense=1", "nonsense"),
    ],
)
def test_export_data_with_bad_options_is_refused(client: bigquery.Client, options: str, message: str) -> None:
    with pytest.raises(exceptions.BadRequest, match=message):
        client.query(f"EXPORT DATA OPTIONS({options}) AS SELECT 1 AS a").result()


def test_export_data_compresses_and_writes_parquet(
    client: bigquery.Client, storage: StorageServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    prefix = uuid.uuid4().hex
    options = f"uri='gs://out/{prefix}/j-*.json.gz', format='JSON', compression='GZIP'"
    client.query(f"EXPORT DATA OPTIONS({options}) AS SELECT STRUCT(1 AS a, [1.5] AS b) AS s").result()
    options = f"uri='gs://out/{prefix}/p-*.parquet', format='PARQUET'"
    client.query(f"EXPORT DATA OPTIONS({options}) AS SELECT 5 AS five, [1, 2] AS list").result()
    objects = storage.under("out", prefix)
    packed = objects[f"{prefix}/j-000000000000.json.gz"]
    assert json.loads(gzip.decompress(packed)) == {"s": {"a": "1", "b": [1.5]}}
    path = tmp_path_factory.mktemp("parquet") / "p.parquet"
    path.write_bytes(objects[f"{prefix}/p-000000000000.parquet"])
    with duckdb.connect() as reader:
        assert reader.execute(f"SELECT * FROM '{path}'").fetchall() == [(5, [1, 2])]


def test_a_table_is_extracted_and_can_be_loaded_again(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    _numbers(client, f"{dataset}.t", 150)
    prefix = uuid.uuid4().hex
    config = bigquery.ExtractJobConfig(destination_format="NEWLINE_DELIMITED_JSON", compression="GZIP")
    uri = f"gs://out/{prefix}-*.json.gz"
    job = client.extract_table(f"{dataset}.t", uri, job_id=f"x_{prefix}", job_config=config)
    job.result()
    assert job.destination_uri_file_counts == [2]
    schema = client.get_table(f"{dataset}.t").schema
    client.load_table_from_uri(uri, f"{dataset}.again", job_config=_json_config(schema=schema)).result()
    assert _values(client, f"{dataset}.again") == _values(client, f"{dataset}.t")


def test_csv_of_one_file_is_extracted_with_its_header(
    client: bigquery.Client, dataset: str, storage: StorageServer
) -> None:
    _numbers(client, f"{dataset}.t", 1)
    name = uuid.uuid4().hex
    client.extract_table(f"{dataset}.t", f"gs://out/{name}").result()
    assert storage.under("out", name)[name] == b"n,s,t\n1,1,2024-01-31 12:00:00 UTC\n"
    client.query(f"CREATE TABLE `{dataset}.nested` AS SELECT [1] AS a").result()
    with pytest.raises(exceptions.BadRequest, match="nested"):
        client.extract_table(f"{dataset}.nested", f"gs://out/{name}").result()


def test_tables_are_copied_together(client: bigquery.Client, dataset: str) -> None:
    for number in (1, 2):
        client.query(f"CREATE TABLE `{dataset}.t{number}` AS SELECT {number} AS n").result()
    client.copy_table([f"{dataset}.t1", f"{dataset}.t2"], f"{dataset}.both").result()
    assert sorted(_ids(client, f"{dataset}.both")) == [1, 2]
    with pytest.raises(exceptions.Conflict):
        client.copy_table(f"{dataset}.t1", f"{dataset}.both").result()
    config = bigquery.CopyJobConfig(write_disposition="WRITE_TRUNCATE")
    client.copy_table(f"{dataset}.t1", f"{dataset}.both", job_config=config).result()
    assert _ids(client, f"{dataset}.both") == [1]


def test_streamed_rows_are_there_at_once(client: bigquery.Client, dataset: str) -> None:
    schema = [*SCHEMA, Field("extra", "JSON"), Field("tags", "STRING", mode="REPEATED")]
    client.create_table(bigquery.Table(f"{dataset}.t", schema=schema))
    rows = [{"id": 1, "name": "a", "price": "1.5", "extra": '{"k": [1]}', "tags": ["x"]}, {"id": "2"}]
    assert client.insert_rows_json(f"{dataset}.t", rows) == []
    first, second = client.list_rows(f"{dataset}.t")
    assert (first["extra"], first["tags"]) == ({"k": [1]}, ["x"])
    assert second["id"] == 2


def test_one_bad_streamed_row_stops_the_others_unless_told(client: bigquery.Client, dataset: str) -> None:
    client.create_table(bigquery.Table(f"{dataset}.t", schema=SCHEMA))
    rows = [{"id": 1}, {"id": "x"}, {"id": 3, "no": 1}, {"name": "y"}]
    errors = client.insert_rows_json(f"{dataset}.t", rows)
    told = [
        (error["index"], error["errors"][0]["reason"], error["errors"][0]["location"]) for error in errors
    ]
    assert told == [(0, "stopped", ""), (1, "invalid", "id"), (2, "invalid", "no"), (3, "invalid", "id")]
    assert client.get_table(f"{dataset}.t").num_rows == 0
    errors = client.insert_rows_json(f"{dataset}.t", rows, skip_invalid_rows=True, ignore_unknown_values=True)
    assert [error["index"] for error in errors] == [1, 3]
    assert _ids(client, f"{dataset}.t") == [1, 3]


def test_a_repeated_insert_id_is_taken_once(client: bigquery.Client, dataset: str) -> None:
    client.create_table(bigquery.Table(f"{dataset}.t", schema=SCHEMA))
    for _ in range(2):
        assert client.insert_rows_json(f"{dataset}.t", [{"id": 1}, {"id": 2}], row_ids=["a", "b"]) == []
    client.insert_rows_json(f"{dataset}.t", [{"id": 3}], row_ids=["c"])
    assert _ids(client, f"{dataset}.t") == [1, 2, 3]


def test_streaming_into_nothing_is_refused(client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(exceptions.NotFound):
        client.insert_rows_json(f"{dataset}.none", [{"id": 1}])
