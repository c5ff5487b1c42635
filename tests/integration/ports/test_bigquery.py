"""The real BigQuery client keeps the port's contract, and its errors say what to do."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client, QueryJob

from common.errors import Misconfigured, NotFound, Retry, Unavailable
from common.objects.cloud_storage import CloudStorageObjects
from common.warehouse.bigquery_client import BigQueryWarehouse
from common.warehouse.port import Column, Warehouse
from infra.local.ports import free_port
from tests.contracts.warehouse import (
    WarehouseContract,
    WarehouseHarness,
    answer,
    finished,
    new_id,
    started_page,
)
from tests.support.emulators import BUCKET, PROJECT, Emulator

_MANY = "unnest(generate_array(1, 300000))"
ENDLESS = f"select count(*) as n from {_MANY} as a, {_MANY} as b where a * b = 7"


class EmulatorHarness(WarehouseHarness):
    """A dataset of its own."""

    def __init__(self, emulator: Emulator, storage: Emulator) -> None:
        self.emulator = emulator
        self.dataset = f"test_{uuid4().hex}"
        credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
        self.admin = Client(
            project=PROJECT, credentials=credentials, client_options={"api_endpoint": emulator.url}
        )
        self.admin.create_dataset(self.dataset)
        self.objects = CloudStorageObjects(project=PROJECT, bucket=BUCKET, endpoint=storage.url)
        self.warehouse = self.bigquery = self.another_process()

    def another_process(self) -> BigQueryWarehouse:
        """A second client on the same dataset, which shares nothing with the first."""
        return BigQueryWarehouse(
            project=PROJECT,
            dataset=self.dataset,
            endpoint=self.emulator.url,
            patience=20,
            page_patience=20,
            loaded_by={"orders_raw": "orders"},
        )

    def put_object(self, name: str, content: bytes) -> str:
        name = f"{self.dataset}/{name}"
        self.objects.put(name, content)
        return f"gs://{BUCKET}/{name}"

    def uri(self, name: str) -> str:
        return f"gs://{BUCKET}/{self.dataset}/{name}"

    def objects_under(self, prefix: str) -> list[bytes]:
        stored = self.objects.list(f"{self.dataset}/{prefix}")
        return [self.objects.get(each.name) for each in stored]

    def close(self) -> None:
        self.bigquery.close()
        self.objects.close()
        self.admin.close()  # type: ignore[no-untyped-call]


class TestBigQueryWarehouse(WarehouseContract):
    @pytest.fixture
    def harness(self, bigquery_emulator: Emulator, storage_emulator: Emulator) -> Iterator[EmulatorHarness]:
        harness = EmulatorHarness(bigquery_emulator, storage_emulator)
        yield harness
        harness.close()
        bigquery_emulator.forget_faults()

    def test_another_process_reads_on_by_job_id_and_token(
        self, harness: EmulatorHarness, warehouse: Warehouse
    ) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select n from unnest(generate_array(1, 5)) as n order by n", {})
        token = warehouse.query_page(job_id, None, page_size=3).next_page_token
        other = harness.another_process()
        assert [row["n"] for row in other.query_page(job_id, token, page_size=3).rows] == [4, 5]
        other.close()

    def test_pages_stay_as_they_were_when_the_table_changes_between_them(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select part_number from parts order by part_number", {})
        token = warehouse.query_page(job_id, None, page_size=1).next_page_token
        warehouse.execute("delete from parts where true", {})
        assert warehouse.query_page(job_id, token, page_size=1).rows == [{"part_number": "NE555"}]

    def test_a_result_that_has_expired_is_not_found_and_not_empty(
        self, harness: EmulatorHarness, warehouse: Warehouse
    ) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select 1 as n", {})
        job = harness.admin.get_job(job_id)
        assert isinstance(job, QueryJob)
        harness.admin.delete_table(job.destination)
        with pytest.raises(NotFound, match="start the query anew") as raised:
            warehouse.query_page(job_id, None, 10)
        assert raised.value.reason == "no_result"

    def test_an_export_counts_its_rows(self, harness: EmulatorHarness, warehouse: Warehouse) -> None:
        job_id, uri = new_id(), f"gs://{BUCKET}/{harness.dataset}/export/*.json"
        sql = f"export data options (uri = '{uri}', format = 'JSON') as select part_number from parts"
        warehouse.start_query(job_id, sql, {})
        assert finished(warehouse, job_id).output_rows == 2
        names = [stored.name for stored in harness.objects.list(f"{harness.dataset}/export/")]
        lines = [line for name in names for line in harness.objects.get(name).splitlines()]
        assert sorted(lines) == [b'{"part_number":"LM358"}', b'{"part_number":"NE555"}']

    def test_what_runs_for_long_is_waited_for_only_so_long(
        self, harness: EmulatorHarness, warehouse: Warehouse
    ) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, ENDLESS, {})
        began = time.monotonic()
        with pytest.raises(Retry) as raised:
            warehouse.finished(job_id, patience=0.3)
        assert raised.value.reason == "job_running"
        assert 0.3 <= time.monotonic() - began < 10
        harness.admin.cancel_job(job_id)

    def test_the_end_of_a_query_is_told_at_once(self, harness: EmulatorHarness, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, ENDLESS, {})
        cancel = threading.Timer(0.2, harness.admin.cancel_job, [job_id])
        cancel.start()
        began = time.monotonic()
        with pytest.raises(Unavailable, match="stopped"):
            warehouse.finished(job_id, patience=60)
        assert time.monotonic() - began < 20
        cancel.join()

    def test_a_missing_table_says_which_command_loads_it(self, warehouse: Warehouse) -> None:
        with pytest.raises(Misconfigured, match=r"`shelfline load orders FILE`, or set SHELFLINE_DATASET"):
            answer(warehouse, "select * from orders_raw")

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_service_that_is_away_for_a_moment_is_asked_again(
        self, harness: EmulatorHarness, warehouse: Warehouse, status: int
    ) -> None:
        harness.emulator.plant("*", "status", status=status)
        assert answer(warehouse, "select 1 as n") == [{"n": 1}]
        assert harness.emulator.struck() == 1

    def test_a_lost_answer_starts_no_second_job(self, harness: EmulatorHarness, warehouse: Warehouse) -> None:
        harness.emulator.plant("bigquery.insertJob", "drop")
        assert warehouse.execute("update parts set stock = stock + 1 where true", {}, new_id()) == 2
        assert harness.emulator.struck() == 1
        assert answer(warehouse, "select sum(stock) as total from parts") == [{"total": 9}]

    def test_a_refused_account_says_which_role_to_give(
        self, harness: EmulatorHarness, warehouse: Warehouse
    ) -> None:
        harness.emulator.plant("*", "status", status=403, reason="accessDenied")
        with pytest.raises(Misconfigured, match=r"roles/bigquery\.jobUser"):
            answer(warehouse, "select 1 as n")

    def test_many_rows_are_paged_without_a_gap(self, warehouse: Warehouse) -> None:
        job_id, numbers = new_id(), []
        sql = "select n, cast(n as string) as text from unnest(generate_array(1, 25000)) as n order by n"
        page_rows = started_page(warehouse, job_id, sql)
        token = warehouse.query_page(job_id, None, 10_000).next_page_token
        numbers += [row["n"] for row in page_rows]
        assert numbers == list(range(1, 1001))
        seen = 10_000
        while token is not None:
            page = warehouse.query_page(job_id, token, 10_000)
            assert page.rows[0]["n"] == seen + 1
            seen, token = seen + len(page.rows), page.next_page_token
        assert seen == 25_000


def test_a_missing_dataset_is_named(bigquery_emulator: Emulator) -> None:
    nowhere = BigQueryWarehouse(
        project=PROJECT, dataset="no_such_dataset", endpoint=bigquery_emulator.url, patience=20
    )
    with pytest.raises(Misconfigured, match="no_such_dataset"):
        nowhere.table_exists("parts")
    with pytest.raises(Misconfigured, match="no_such_dataset"):
        nowhere.ensure_table("parts", [Column("a", "STRING")])
    with pytest.raises(Misconfigured, match="no_such_dataset"):
        nowhere.execute("select * from parts", {})
    nowhere.close()


def test_nobody_listening_is_unavailable() -> None:
    nowhere = BigQueryWarehouse(
        project=PROJECT, dataset="d", endpoint=f"http://127.0.0.1:{free_port()}", retry_for=0.1
    )
    for call in (
        lambda: nowhere.start_query("a", "select 1", {}),
        lambda: nowhere.job("a"),
        lambda: nowhere.table_exists("parts"),
        lambda: nowhere.table("parts"),
        lambda: nowhere.finished("a", 0.1),
        lambda: nowhere.load_rows("a", "parts", [{"a": 1}]),
        lambda: nowhere.query_page("a", None, 1),
    ):
        with pytest.raises(Unavailable, match="BigQuery did not answer"):
            call()
    nowhere.close()
