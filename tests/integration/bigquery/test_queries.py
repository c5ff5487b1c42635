"""Query jobs through the real client: parameters, results and their pages, changes, definitions, errors."""

import datetime as dt
import decimal
import threading
import uuid

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.integration.bigquery.servers import Running

Scalar = bigquery.ScalarQueryParameter
Array = bigquery.ArrayQueryParameter
Struct = bigquery.StructQueryParameter


def _configured(*parameters: object) -> bigquery.QueryJobConfig:
    return bigquery.QueryJobConfig(query_parameters=list(parameters))


def _rows(job: bigquery.QueryJob) -> list[dict[str, object]]:
    return [dict(row.items()) for row in job.result()]


def test_named_parameters_of_every_type(client: bigquery.Client) -> None:
    moment = dt.datetime(2024, 1, 31, 12, 30, 0, 5, dt.UTC)
    config = _configured(
        Scalar("i", "INT64", 2**62),
        Scalar("f", "FLOAT64", 0.1),
        Scalar("n", "NUMERIC", decimal.Decimal("1.23")),
        Scalar("s", "STRING", 'it\'s; -- "x"'),
        Scalar("b", "BOOL", False),
        Scalar("raw", "BYTES", b"\x00\x01"),
        Scalar("t", "TIMESTAMP", moment),
        Scalar("d", "DATE", moment.date()),
        Scalar("none", "STRING", None),
    )
    sql = "SELECT @i AS i, @f AS f, @n AS n, @s AS s, @b AS b, @raw AS raw, @t AS t, @d AS d, @none AS none"
    (row,) = _rows(client.query(sql, job_config=config))
    assert row == {
        "i": 2**62,
        "f": 0.1,
        "n": decimal.Decimal("1.23"),
        "s": 'it\'s; -- "x"',
        "b": False,
        "raw": b"\x00\x01",
        "t": moment,
        "d": moment.date(),
        "none": None,
    }


def test_array_and_struct_parameters(client: bigquery.Client) -> None:
    config = _configured(
        Array("ids", "INT64", [1, 3]),
        Struct("who", Scalar("name", "STRING", "TI"), Scalar("age", "INT64", 5)),
        Array(
            "pairs",
            "STRUCT",
            [Struct(None, Scalar("k", "STRING", "a")), Struct(None, Scalar("k", "STRING", "b"))],
        ),
    )
    sql = """
        SELECT n, @who.name AS name, (SELECT STRING_AGG(p.k ORDER BY p.k) FROM UNNEST(@pairs) AS p) AS pairs
        FROM UNNEST([1, 2, 3]) AS n WHERE n IN UNNEST(@ids) ORDER BY n
    """
    assert _rows(client.query(sql, job_config=config)) == [
        {"n": 1, "name": "TI", "pairs": "a,b"},
        {"n": 3, "name": "TI", "pairs": "a,b"},
    ]


def test_positional_parameters_are_taken_in_the_order_they_are_written(client: bigquery.Client) -> None:
    config = _configured(Scalar(None, "INT64", 1), Scalar(None, "STRING", "b"), Scalar(None, "INT64", 1))
    sql = "WITH x AS (SELECT ? AS a, 'it?' AS q) SELECT a, q, ? AS s FROM x WHERE a = ?"
    assert _rows(client.query(sql, job_config=config)) == [{"a": 1, "q": "it?", "s": "b"}]


def test_a_missing_parameter_is_an_error(client: bigquery.Client) -> None:
    with pytest.raises(exceptions.BadRequest, match="Query parameter 'x' not found"):
        client.query("SELECT @x").result()


def test_query_and_wait_answers_with_rows_and_with_errors(client: bigquery.Client) -> None:
    assert [row.n for row in client.query_and_wait("SELECT n FROM UNNEST([1, 2]) AS n")] == [1, 2]
    with pytest.raises(exceptions.NotFound, match="nothing was not found"):
        client.query_and_wait("SELECT * FROM catalogue.nothing")


def test_pages_of_a_result_go_on_in_another_process_by_its_destination_table(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    """The public way that works on the real service: the job id, its destination table, and a page token."""
    client.query(
        f"CREATE TABLE `{dataset}.parts` AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 10)) AS n"
    ).result()
    job_id = f"fetch_{uuid.uuid4().hex}"
    config = _configured(Scalar("least", "INT64", 3))
    sql = f"SELECT n, n * 10 AS ten FROM `{dataset}.parts` WHERE n >= @least ORDER BY n"
    client.query(sql, job_id=job_id, job_config=config, job_retry=None).result()
    seen, token = [], None
    while True:
        with running.client() as worker:
            table = worker.get_job(job_id).destination
            rows = worker.list_rows(worker.get_table(table), page_token=token, max_results=3)
            seen += [(row.n, row.ten) for row in rows]
            token = rows.next_page_token
        client.query(f"UPDATE `{dataset}.parts` SET n = n + 100 WHERE TRUE").result()
        if token is None:
            break
    assert seen == [(n, n * 10) for n in range(3, 11)]


def test_a_result_can_be_read_from_an_index_or_a_token_of_its_job(client: bigquery.Client) -> None:
    job = client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(0, 9)) AS n ORDER BY n")
    assert [row.n for row in job.result(start_index=7)] == [7, 8, 9]
    pages = list(client.get_job(job.job_id).result(page_size=4).pages)
    assert [[row.n for row in page] for page in pages] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert client.get_job(job.job_id).result().total_rows == 10


def test_a_result_is_gone_after_a_day(running: Running, client: bigquery.Client) -> None:
    job = client.query("SELECT 1 AS n")
    job.result()
    running.clock.set_offset(running.clock.offset() + 24 * 3600 + 1)
    with pytest.raises(exceptions.NotFound):
        list(client.list_rows(client.get_table(job.destination)))


def test_a_job_id_is_taken_once(client: bigquery.Client) -> None:
    job_id = f"once_{uuid.uuid4().hex}"
    client.query("SELECT 1", job_id=job_id, job_retry=None).result()
    with pytest.raises(exceptions.Conflict, match="Already Exists: Job"):
        client.query("SELECT 2", job_id=job_id, job_retry=None)
    assert client.get_job(job_id).state == "DONE"
    with pytest.raises(exceptions.NotFound, match="Not found: Job"):
        client.get_job("never")


def test_one_of_many_racers_gets_a_job_id(running: Running) -> None:
    job_id, won, lost = f"race_{uuid.uuid4().hex}", [], []

    def race(number: int) -> None:
        with running.client() as own:
            try:
                own.query(f"SELECT {number} AS n", job_id=job_id, job_retry=None)
                won.append(number)
            except exceptions.Conflict:
                lost.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(won), len(lost)) == (1, 3)
    with running.client() as reader:
        assert [row.n for row in reader.get_job(job_id).result()] == won


def test_changes_report_how_many_rows_they_met(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` (id INT64 NOT NULL, v STRING)").result()
    job = client.query(f"INSERT INTO `{dataset}.t` (id, v) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    job.result()
    assert (job.num_dml_affected_rows, job.dml_stats.inserted_row_count) == (3, 3)
    job = client.query(f"UPDATE `{dataset}.t` t SET t.v = 'z' WHERE t.id > 1")
    job.result()
    assert (job.num_dml_affected_rows, job.dml_stats.updated_row_count) == (2, 2)
    job = client.query(f"DELETE `{dataset}.t` WHERE id = 3")
    job.result()
    assert (job.num_dml_affected_rows, job.dml_stats.deleted_row_count) == (1, 1)
    assert _rows(client.query(f"SELECT * FROM `{dataset}.t` ORDER BY id")) == [
        {"id": 1, "v": "a"},
        {"id": 2, "v": "z"},
    ]
    job = client.query(f"TRUNCATE TABLE `{dataset}.t`")
    job.result()
    assert job.num_dml_affected_rows == 2


def test_merge_inserts_updates_and_deletes_in_one(client: bigquery.Client, dataset: str) -> None:
    client.query(
        f"CREATE TABLE `{dataset}.t` AS SELECT * FROM UNNEST([STRUCT(1 AS id, 'a' AS v), (2, 'b'), (9, 'x')])"
    )
    sql = f"""
        MERGE `{dataset}.t` T USING (SELECT id, v FROM UNNEST(@rows)) S ON T.id = S.id
        WHEN MATCHED AND T.v != S.v THEN UPDATE SET T.v = S.v
        WHEN NOT MATCHED THEN INSERT (id, v) VALUES (S.id, S.v)
        WHEN NOT MATCHED BY SOURCE THEN DELETE
    """
    rows = [
        Struct(None, Scalar("id", "INT64", n), Scalar("v", "STRING", v))
        for n, v in [(1, "a"), (2, "B"), (3, "c")]
    ]
    job = client.query(sql, job_config=_configured(Array("rows", "STRUCT", rows)))
    job.result()
    stats = job.dml_stats
    assert (stats.inserted_row_count, stats.updated_row_count, stats.deleted_row_count) == (1, 1, 1)
    assert job.num_dml_affected_rows == 3
    assert _rows(client.query(f"SELECT * FROM `{dataset}.t` ORDER BY id")) == [
        {"id": 1, "v": "a"},
        {"id": 2, "v": "B"},
        {"id": 3, "v": "c"},
    ]


def test_merge_with_insert_row(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` (id INT64, v STRING)").result()
    source = "(SELECT 1 AS id, 'a' AS v)"
    sql = f"MERGE `{dataset}.t` T USING {source} S ON T.id = S.id WHEN NOT MATCHED THEN INSERT ROW"
    client.query(sql).result()
    assert _rows(client.query(f"SELECT * FROM `{dataset}.t`")) == [{"id": 1, "v": "a"}]


@pytest.mark.parametrize(
    "change",
    [
        "MERGE `{d}.t` T USING {s} S ON T.id = S.id WHEN MATCHED THEN UPDATE SET v = 'q'",
        "UPDATE `{d}.t` T SET v = S.v FROM {s} S WHERE T.id = S.id",
    ],
)
def test_a_row_that_meets_two_sources_is_an_error(client: bigquery.Client, dataset: str, change: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS id, 'a' AS v").result()
    with pytest.raises(exceptions.BadRequest, match=r"at most one source row|more than one source row"):
        client.query(
            change.format(d=dataset, s="(SELECT 1 AS id, 'q' AS v UNION ALL SELECT 1, 'r')")
        ).result()
    assert _rows(client.query(f"SELECT v FROM `{dataset}.t`")) == [{"v": "a"}]


@pytest.mark.parametrize("statement", ["DELETE `{d}.t`", "UPDATE `{d}.t` SET v = 'x'"])
def test_a_change_without_where_is_an_error(client: bigquery.Client, dataset: str, statement: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS id, 'a' AS v").result()
    with pytest.raises(exceptions.BadRequest, match="WHERE"):
        client.query(statement.format(d=dataset)).result()


def test_tables_are_defined_in_sql(client: bigquery.Client, dataset: str) -> None:
    job = client.query(
        f"""CREATE TABLE `{dataset}.t` (
            id INT64 NOT NULL OPTIONS(description='key'), tags ARRAY<STRING>, at TIMESTAMP,
            m STRUCT<a NUMERIC, b ARRAY<BIGNUMERIC>>
        ) PARTITION BY DATE(at) CLUSTER BY id OPTIONS(description='parts')"""
    )
    job.result()
    assert job.ddl_operation_performed == "CREATE"
    table = client.get_table(f"{dataset}.t")
    assert [(f.name, f.field_type, f.mode) for f in table.schema] == [
        ("id", "INTEGER", "REQUIRED"),
        ("tags", "STRING", "REPEATED"),
        ("at", "TIMESTAMP", "NULLABLE"),
        ("m", "RECORD", "NULLABLE"),
    ]
    assert (table.schema[0].description, table.description) == ("key", "parts")
    assert [f.field_type for f in table.schema[3].fields] == ["NUMERIC", "BIGNUMERIC"]
    assert table.time_partitioning is not None
    client.query(f"ALTER TABLE `{dataset}.t` ADD COLUMN extra JSON").result()
    client.query(f"ALTER TABLE `{dataset}.t` DROP COLUMN at").result()
    assert [f.name for f in client.get_table(f"{dataset}.t").schema] == ["id", "tags", "m", "extra"]
    client.query(f"DROP TABLE `{dataset}.t`").result()
    client.query(f"DROP TABLE IF EXISTS `{dataset}.t`").result()
    with pytest.raises(exceptions.NotFound):
        client.query(f"DROP TABLE `{dataset}.t`").result()


def test_a_table_can_be_replaced_by_a_query_over_itself(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    client.query(
        f"CREATE OR REPLACE TABLE `{dataset}.t` AS SELECT n + 1 AS n, 'x' AS s FROM `{dataset}.t`"
    ).result()
    assert _rows(client.query(f"SELECT * FROM `{dataset}.t`")) == [{"n": 2, "s": "x"}]
    client.query(f"CREATE TABLE IF NOT EXISTS `{dataset}.t` AS SELECT 7 AS n").result()
    with pytest.raises(exceptions.Conflict):
        client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 7 AS n").result()


def test_views_are_defined_in_sql(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    client.query(
        f"CREATE VIEW `{dataset}.v` AS WITH x AS (SELECT n AS y FROM `{dataset}.t`) SELECT y FROM x"
    ).result()
    assert _rows(client.query(f"SELECT * FROM `{dataset}.v` WHERE y = 1")) == [{"y": 1}]
    assert client.get_table(f"{dataset}.v").view_query.startswith("WITH x AS")
    client.query(f"DROP VIEW `{dataset}.v`").result()


def test_a_result_can_go_to_a_table(client: bigquery.Client, dataset: str) -> None:
    def write(sql: str, disposition: str) -> None:
        config = bigquery.QueryJobConfig(destination=f"{dataset}.out", write_disposition=disposition)
        client.query(sql, job_config=config).result()

    write("SELECT 1 AS n", "WRITE_EMPTY")
    with pytest.raises(exceptions.Conflict):
        write("SELECT 2 AS n", "WRITE_EMPTY")
    write("SELECT 2 AS n", "WRITE_APPEND")
    assert [row.n for row in client.list_rows(f"{dataset}.out")] == [1, 2]
    with pytest.raises(exceptions.BadRequest, match="does not match"):
        write("SELECT 'x' AS n", "WRITE_APPEND")
    write("SELECT 'x' AS s", "WRITE_TRUNCATE")
    assert [row.s for row in client.list_rows(f"{dataset}.out")] == ["x"]


def test_a_dry_run_tells_bytes_and_columns_and_changes_nothing(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n, 'abc' AS s").result()
    dry = bigquery.QueryJobConfig(dry_run=True)
    job = client.query(f"SELECT n FROM `{dataset}.t`", job_config=dry)
    assert job.total_bytes_processed == 8
    assert [field.name for field in job.schema] == ["n"]
    assert client.query(f"SELECT * FROM `{dataset}.t`", job_config=dry).total_bytes_processed == 8 + 5
    client.query(f"DELETE `{dataset}.t` WHERE TRUE", job_config=dry)
    assert client.get_table(f"{dataset}.t").num_rows == 1
    with pytest.raises(exceptions.BadRequest, match="Unrecognized name: m"):
        client.query(f"SELECT m FROM `{dataset}.t`", job_config=dry)
    with pytest.raises(exceptions.NotFound):
        client.query(f"SELECT m FROM `{dataset}.none`", job_config=dry)


def test_a_query_that_would_cost_too_much_is_refused(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    config = bigquery.QueryJobConfig(maximum_bytes_billed=7)
    with pytest.raises(exceptions.GoogleAPICallError, match="exceeded limit for bytes billed"):
        client.query(f"SELECT n FROM `{dataset}.t`", job_config=config).result()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "Syntax error"),
        ("SELECT nope FROM catalogue.INFORMATION_SCHEMA.TABLES", r"Unrecognized name: nope at \[1:8\]"),
        ("SELECT nope(1)", r"Function not found: nope at \[1:8\]"),
        ("SELECT * FROM parts", "must be qualified with a dataset"),
        ("SELECT 1; SELECT 2", "script of several statements"),
        ("CALL x.y()", "Not served by the local emulator"),
        ("SELECT 1 / 0", "division by zero"),
        ("SELECT 1 AS a, 2 AS a", "Duplicate column names"),
        ("SELECT [1][OFFSET(3)]", "out of bounds"),
        ("SELECT * FROM read_csv('/etc/passwd')", "table function"),
    ],
)
def test_a_bad_statement_is_an_invalid_query(client: bigquery.Client, sql: str, message: str) -> None:
    job = client.query(sql)
    with pytest.raises(exceptions.BadRequest, match=message):
        job.result()
    assert client.get_job(job.job_id).error_result["reason"] == "invalidQuery"


def test_legacy_sql_is_refused(client: bigquery.Client) -> None:
    with pytest.raises(exceptions.BadRequest, match="legacy SQL"):
        client.query("SELECT 1", job_config=bigquery.QueryJobConfig(use_legacy_sql=True)).result()


def test_the_time_is_the_shared_clock(running: Running, client: bigquery.Client) -> None:
    running.clock.set_offset(running.clock.offset() + 86_400 * 30)
    (row,) = client.query_and_wait("SELECT CURRENT_TIMESTAMP() AS now, CURRENT_DATE() AS today")
    assert abs(row.now - running.clock.now()) < dt.timedelta(seconds=10)
    assert row.today == row.now.date()
    assert abs(client.query("SELECT 1").created - running.clock.now()) < dt.timedelta(seconds=10)


def _at(client: bigquery.Client, table: str, moment: dt.datetime | str) -> list[dict[str, object]]:
    """The rows of a table as it was, or will be, at a moment (an expression, or a value)."""
    expression = moment if isinstance(moment, str) else "@moment"
    parameters = [] if isinstance(moment, str) else [Scalar("moment", "TIMESTAMP", moment)]
    sql = f"SELECT n FROM `{table}` FOR SYSTEM_TIME AS OF {expression} ORDER BY n"
    return _rows(client.query(sql, job_config=_configured(*parameters)))


def test_a_table_is_read_as_of_any_moment_since_its_last_change(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    modified = client.get_table(f"{dataset}.t").modified
    running.clock.set_offset(running.clock.offset() + 3600)
    assert _at(client, f"{dataset}.t", modified) == [{"n": 1}]
    half_hour_ago = "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)"
    assert _at(client, f"{dataset}.t", half_hour_ago) == [{"n": 1}]
    assert _at(client, f"{dataset}.t", "CURRENT_TIMESTAMP()") == [{"n": 1}]


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO `{t}` (n) VALUES (2)",
        "UPDATE `{t}` SET n = 2 WHERE true",
        "DELETE FROM `{t}` WHERE true",
        "DELETE `{t}` WHERE true",
        "TRUNCATE TABLE `{t}`",
        "MERGE INTO `{t}` AS a USING (SELECT 2 AS n) AS b ON a.n = b.n WHEN NOT MATCHED THEN INSERT (n) VALUES (b.n)",
        "CREATE OR REPLACE TABLE `{t}` AS SELECT 3 AS n",
    ],
)
def test_what_a_statement_has_changed_cannot_be_read_as_it_was(
    running: Running, client: bigquery.Client, dataset: str, change: str
) -> None:
    table = f"{dataset}.t"
    client.query(f"CREATE TABLE `{table}` AS SELECT 1 AS n").result()
    before = client.get_table(table).modified
    running.clock.set_offset(running.clock.offset() + 60)
    client.query(change.format(t=table)).result()
    changed = client.get_table(table).modified
    assert changed >= before + dt.timedelta(seconds=60)
    with pytest.raises(
        exceptions.BadRequest, match=r"Invalid snapshot time \d+ for table .*Cannot read before"
    ):
        _at(client, table, before)
    _at(client, table, changed)


def test_a_load_and_streamed_rows_change_a_table_too(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    table = f"{dataset}.t"
    client.query(f"CREATE TABLE `{table}` (n INT64)").result()
    for add in (
        lambda: client.load_table_from_json([{"n": 1}], table).result(),
        lambda: client.insert_rows_json(table, [{"n": 2}]),
    ):
        before = client.get_table(table).modified
        running.clock.set_offset(running.clock.offset() + 1)
        add()
        with pytest.raises(exceptions.BadRequest, match="Cannot read before"):
            _at(client, table, before)
    assert _at(client, table, client.get_table(table).modified) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 MINUTE)", "Cannot read from the future"),
        ("TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 8 DAY)", "Cannot read before"),
        ("CAST(NULL AS TIMESTAMP)", "needs a timestamp"),
    ],
)
def test_a_moment_that_no_table_has_is_refused(
    running: Running, client: bigquery.Client, dataset: str, moment: str, message: str
) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    running.clock.set_offset(running.clock.offset() + 86_400 * 30)
    with pytest.raises(exceptions.BadRequest, match=message):
        _at(client, f"{dataset}.t", moment)


def test_a_view_is_read_as_of_now_only(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE VIEW `{dataset}.v` AS SELECT 1 AS n").result()
    assert _at(client, f"{dataset}.v", "CURRENT_TIMESTAMP()") == [{"n": 1}]
    with pytest.raises(exceptions.BadRequest, match="on the view"):
        _at(client, f"{dataset}.v", "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 MINUTE)")


def test_the_information_schema_tells_tables_and_columns(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` (id INT64 NOT NULL, a ARRAY<STRUCT<x INT64>>)").result()
    client.query(f"CREATE VIEW `{dataset}.v` AS SELECT 1 AS n").result()
    tables = f"SELECT table_name, table_type FROM `{dataset}`.INFORMATION_SCHEMA.TABLES ORDER BY 1"
    assert [tuple(row) for row in client.query_and_wait(tables)] == [("t", "BASE TABLE"), ("v", "VIEW")]
    source = f"`{dataset}.INFORMATION_SCHEMA.COLUMNS` WHERE table_name = 't'"
    columns = f"SELECT column_name, data_type, is_nullable FROM {source}"
    assert [tuple(row) for row in client.query_and_wait(columns)] == [
        ("id", "INT64", "NO"),
        ("a", "ARRAY<STRUCT<x INT64>>", "YES"),
    ]


def test_a_default_dataset_completes_table_names(client: bigquery.Client, dataset: str) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n").result()
    config = bigquery.QueryJobConfig(default_dataset=dataset)
    assert _rows(client.query("SELECT t.n FROM t", job_config=config)) == [{"n": 1}]


def test_queries_and_changes_run_side_by_side(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 0 AS n").result()
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with running.client() as own:
                for _ in range(4):
                    own.query(f"UPDATE `{dataset}.t` SET n = n + 1 WHERE TRUE").result()
                    assert len(list(own.query(f"SELECT n FROM `{dataset}.t`").result())) == 1
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert _rows(client.query(f"SELECT n FROM `{dataset}.t`")) == [{"n": 24}]


def test_a_cancelled_job_ends_with_stopped(client: bigquery.Client) -> None:
    many = "UNNEST(GENERATE_ARRAY(1, 300000))"
    long = f"SELECT COUNT(*) FROM {many} a, {many} b WHERE a * b = 7"
    job = client.query(long)
    assert job.state in ("PENDING", "RUNNING")
    job.cancel()
    with pytest.raises(exceptions.GoogleAPICallError, match="cancelled"):
        job.result(timeout=20)
    assert client.get_job(job.job_id).error_result["reason"] == "stopped"


def test_jobs_are_listed_newest_first(client: bigquery.Client) -> None:
    jobs = [client.query(f"SELECT {n}") for n in range(3)]
    for job in jobs:
        job.result()
    assert [job.job_id for job in client.list_jobs(max_results=3)] == [job.job_id for job in reversed(jobs)]
    assert list(client.list_jobs(state_filter="pending")) == []
