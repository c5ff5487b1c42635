"""What survives SIGKILL, and what planted faults look like to the real client."""

import io
import json
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
import requests
from google.api_core import exceptions
from google.auth.exceptions import InvalidOperation
from google.cloud import bigquery

from tests.integration.bigquery.servers import PROJECT, EmulatorProcess, Running

TABLE = f"{PROJECT}.catalogue.parts"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """Each test kills it and starts it again, and leaves it running."""
    process = EmulatorProcess(tmp_path_factory.mktemp("killed"), "--answer-wait", "0")
    process.start()
    yield process
    process.kill()


def test_tables_jobs_and_results_survive_a_kill(process: EmulatorProcess) -> None:
    with process.running.client() as client:
        client.query(
            f"CREATE TABLE `{TABLE}_read` AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 9)) AS n"
        ).result()
        job = client.query(f"SELECT n FROM `{TABLE}_read` ORDER BY n", job_id="fetch_1", job_retry=None)
        job.result()
        token = _token(client, job)
        with pytest.raises(exceptions.BadRequest):
            client.query("SELECT nope(1)", job_id="bad_1", job_retry=None).result()
    process.kill()
    process.start()
    with process.running.client() as client:
        again = client.get_job("fetch_1")
        rows = client.list_rows(client.get_table(again.destination), page_token=token)
        assert [row.n for row in rows] == [5, 6, 7, 8, 9]
        assert client.get_job("bad_1").error_result["reason"] == "invalidQuery"
        with pytest.raises(exceptions.Conflict):
            client.query("SELECT 1", job_id="fetch_1", job_retry=None)
    assert process.stop() == 0
    process.start()


def _token(client: bigquery.Client, job: bigquery.QueryJob) -> str:
    rows = client.list_rows(client.get_table(job.destination), max_results=4)
    assert len(list(rows)) == 4
    return str(rows.next_page_token)


def test_a_load_that_is_killed_is_done_once_or_not_at_all(process: EmulatorProcess) -> None:
    """Whenever the kill comes, the job ends DONE after the restart, and its rows are there exactly once."""
    rows = [{"id": n, "name": "x" * 40} for n in range(30_000)]
    schema = [bigquery.SchemaField("id", "INT64"), bigquery.SchemaField("name", "STRING")]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    for attempt, pause in enumerate((0.05, 0.2)):
        job_id, table = f"load_{attempt}", f"{TABLE}_{attempt}"
        config = bigquery.LoadJobConfig(schema=schema, source_format="NEWLINE_DELIMITED_JSON")
        with process.running.client() as client:
            client.load_table_from_file(io.BytesIO(data), table, job_id=job_id, job_config=config)
        killer = threading.Timer(pause, process.kill)
        killer.start()
        killer.join()
        process.start()
        with process.running.client() as client:
            client.get_job(job_id).result(timeout=20)
            assert client.get_table(table).num_rows == len(rows)


def test_a_change_that_is_killed_is_made_once(process: EmulatorProcess) -> None:
    with process.running.client() as client:
        client.query(f"CREATE TABLE `{TABLE}` AS SELECT 0 AS n").result()
        client.query(f"UPDATE `{TABLE}` SET n = n + 1 WHERE TRUE", job_id="add", job_retry=None)
    process.kill()
    process.start()
    with process.running.client() as client:
        client.get_job("add").result()
        assert [row.n for row in client.list_rows(TABLE)] == [1]


def test_a_planted_status_is_met_and_retried_by_the_client(running: Running, client: bigquery.Client) -> None:
    running.plant("bigquery.insertJob", "status", status=503, reason="backendError")
    running.plant("bigquery.getQueryResults", "status", status=403, reason="rateLimitExceeded")
    assert [row.n for row in client.query("SELECT 1 AS n").result()] == [1]
    assert running.struck() == [1, 1]


@pytest.mark.parametrize(
    ("status", "error"),
    # On a 401 the library tries to refresh its credentials, which anonymous ones cannot.
    [(401, InvalidOperation), (403, exceptions.Forbidden), (404, exceptions.NotFound)],
)
def test_a_planted_refusal_reaches_the_caller(
    running: Running, client: bigquery.Client, status: int, error: type[Exception]
) -> None:
    running.plant("bigquery.getTable", "status", match={"table": "parts"}, status=status)
    with pytest.raises(error):
        client.get_table(TABLE)


def test_an_answer_that_is_cut_leaves_a_job_that_can_be_found(
    running: Running, client: bigquery.Client
) -> None:
    job_id = f"cut_{uuid.uuid4().hex}"
    running.plant("bigquery.insertJob", "drop", match={"job_id": job_id})
    with pytest.raises(requests.RequestException):
        client.query("SELECT 5 AS n", job_id=job_id, job_retry=None, retry=None)
    assert [row.n for row in client.get_job(job_id).result()] == [5]


def test_the_library_sends_a_cut_request_again_and_meets_its_own_job(
    running: Running, client: bigquery.Client
) -> None:
    job_id = f"cut_{uuid.uuid4().hex}"
    running.plant("bigquery.insertJob", "drop", match={"job_id": job_id})
    with pytest.raises(exceptions.Conflict, match="Already Exists: Job"):
        client.query("SELECT 5 AS n", job_id=job_id, job_retry=None)
    assert running.struck() == [1]
    assert client.get_job(job_id).state == "DONE"


def test_a_planted_job_error_ends_the_job_and_does_nothing(
    running: Running, client: bigquery.Client, dataset: str
) -> None:
    running.plant("bigquery.insertJob", "job_error", match={"job_type": "QUERY"}, reason="resourcesExceeded")
    job_id = f"broken_{uuid.uuid4().hex}"
    with pytest.raises(exceptions.GoogleAPICallError, match="resourcesExceeded"):
        client.query(f"CREATE TABLE `{dataset}.t` AS SELECT 1 AS n", job_id=job_id, job_retry=None).result()
    assert client.get_job(job_id).error_result["reason"] == "resourcesExceeded"
    assert list(client.list_tables(dataset)) == []


def test_a_planted_delay_is_waited_for(running: Running, client: bigquery.Client, dataset: str) -> None:
    running.plant("bigquery.insertAll", "delay", seconds=0.2)
    client.create_table(bigquery.Table(f"{dataset}.t", schema=[bigquery.SchemaField("n", "INT64")]))
    begun = time.monotonic()
    assert client.insert_rows_json(f"{dataset}.t", [{"n": 1}]) == []
    assert time.monotonic() - begun >= 0.2


def test_a_job_that_takes_longer_answers_as_running(running: Running, client: bigquery.Client) -> None:
    many = "UNNEST(GENERATE_ARRAY(1, 300000))"
    slow = f"SELECT COUNT(*) FROM {many} a, {many} b WHERE a * b = 7"
    job_id = f"slow_{uuid.uuid4().hex}"
    body = {
        "configuration": {"query": {"query": slow, "useLegacySql": False}},
        "jobReference": {"jobId": job_id},
    }
    url = f"{running.url}/bigquery/v2/projects/{PROJECT}"
    answer = requests.post(f"{url}/jobs", json=body, timeout=20).json()
    assert answer["status"]["state"] == "RUNNING"
    results = requests.get(f"{url}/queries/{job_id}", params={"timeoutMs": 1}, timeout=20).json()
    assert results["jobComplete"] is False
    client.get_job(job_id).cancel()


def test_an_unknown_address_says_so(running: Running) -> None:
    answer = requests.get(f"{running.url}/bigquery/v2/projects/p/models", timeout=5)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (404, "notFound")
