"""The warehouse in memory keeps the port's contract."""

from collections.abc import Iterator

import pytest

from common.errors import Retry
from common.warehouse.export import export_csv, select_rows
from common.warehouse.port import Column, JobState
from tests.contracts.warehouse import WarehouseContract, WarehouseHarness
from tests.fakes.object_store import FakeObjectStore
from tests.fakes.warehouse import FakeWarehouse


class FakeHarness(WarehouseHarness):
    def __init__(self) -> None:
        self.objects = FakeObjectStore()
        self.warehouse = self.fake = FakeWarehouse(self.objects)

    def put_object(self, name: str, content: bytes) -> str:
        self.objects.put(name, content)
        return self.uri(name)

    def uri(self, name: str) -> str:
        return f"gs://bucket/{name}"

    def objects_under(self, prefix: str) -> list[bytes]:
        return [self.objects.get(stored.name) for stored in self.objects.list(prefix)]


class TestFakeWarehouse(WarehouseContract):
    @pytest.fixture
    def harness(self) -> Iterator[WarehouseHarness]:
        harness = FakeHarness()
        yield harness
        harness.fake.close()


def test_the_fake_splits_an_export() -> None:
    objects = FakeObjectStore()
    fake = FakeWarehouse(objects, export_shard_rows=2)
    fake.load_rows("load", "numbers", [{"n": n} for n in range(5)], [Column("n", "INT64")])
    exported = export_csv("gs://bucket/e/*.csv", select_rows("numbers", ["n"]))
    assert fake.execute(exported.sql, exported.parameters) == 5
    assert [objects.get(stored.name) for stored in objects.list("e/")] == [
        b"n\n0\n1\n",
        b"n\n2\n3\n",
        b"n\n4\n",
    ]
    fake.close()


def test_the_fake_can_let_a_job_run_for_a_while() -> None:
    fake = FakeWarehouse()
    fake.hold()
    fake.start_query("job", "select 1 as n", {})
    with pytest.raises(Retry) as raised:
        fake.query_page("job", None, 10)
    assert raised.value.after == 2.0
    fake.release()
    assert fake.query_page("job", None, 10).rows == [{"n": 1}]
    job = fake.job("job")
    assert job is not None
    assert job.state == JobState.DONE
    fake.close()
