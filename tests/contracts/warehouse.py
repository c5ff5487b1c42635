"""What every Warehouse does."""

import json
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from common.errors import Misconfigured, NotFound, Refuse, ShelflineError
from common.warehouse.export import Filter, export_csv, select_rows
from common.warehouse.parameters import Typed
from common.warehouse.port import Column, Disposition, Job, JobState, Rows, Warehouse

PARTS = (
    Column("part_number", "STRING", "REQUIRED"),
    Column("stock", "INT64"),
    Column("price", "NUMERIC"),
    Column("score", "FLOAT64"),
    Column("active", "BOOL"),
    Column("seen_at", "TIMESTAMP"),
    Column("since", "DATE"),
    Column("sheet", "BYTES"),
    Column("tags", "STRING", "REPEATED"),
)
LM358 = {
    "part_number": "LM358",
    "stock": 7,
    "price": Decimal("0.105"),
    "score": 0.5,
    "active": True,
    "seen_at": datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
    "since": date(2020, 2, 29),
    "sheet": b"\x00\xff",
    "tags": ["opamp", "dual"],
}
NE555 = {"part_number": "NE555", "stock": 0, "tags": []}


class WarehouseHarness(ABC):
    """A warehouse under test, its dataset without tables."""

    warehouse: Warehouse

    @abstractmethod
    def put_object(self, name: str, content: bytes) -> str:
        """Put an object where loads can read it; answers its URI."""

    @abstractmethod
    def uri(self, name: str) -> str:
        """The URI of an object that an export may write."""

    @abstractmethod
    def objects_under(self, prefix: str) -> list[bytes]:
        """The content of the objects whose names begin so, by name."""


def new_id() -> str:
    """A job id that no test used before."""
    return f"test-{uuid4()}"


class WarehouseContract:
    """Inherit from it and give a fixture `harness`."""

    @pytest.fixture
    def harness(self) -> WarehouseHarness:
        """The warehouse under test."""
        raise NotImplementedError

    @pytest.fixture
    def warehouse(self, harness: WarehouseHarness) -> Warehouse:
        """The warehouse, with the table "parts" that holds two rows."""
        harness.warehouse.ensure_table("parts", PARTS)
        harness.warehouse.load_rows(new_id(), "parts", [LM358, NE555])
        return harness.warehouse

    def test_rows_come_back_as_they_were_loaded(self, warehouse: Warehouse) -> None:
        empty = dict.fromkeys(column.name for column in PARTS)
        assert answer(warehouse, "select * from parts order by part_number") == [LM358, {**empty, **NE555}]

    def test_a_result_is_read_page_by_page(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select n from unnest(generate_array(1, 25)) as n order by n", {})
        token: str | None = None
        pages: list[list[int]] = []
        while token is not None or not pages:
            page = warehouse.query_page(job_id, token, page_size=10)
            assert page.total_rows == 25
            pages.append([row["n"] for row in page.rows])
            token = page.next_page_token
        assert pages == [list(range(1, 11)), list(range(11, 21)), list(range(21, 26))]

    def test_a_page_can_be_read_again_by_its_token(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select n from unnest(generate_array(1, 5)) as n order by n", {})
        token = warehouse.query_page(job_id, None, page_size=3).next_page_token
        first, again = (warehouse.query_page(job_id, token, page_size=3) for _ in range(2))
        assert first == again
        assert [row["n"] for row in first.rows] == [4, 5]

    def test_a_query_without_rows_has_an_empty_page(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select * from parts where stock > 100", {})
        page = warehouse.query_page(job_id, None, page_size=10)
        assert (page.rows, page.next_page_token, page.total_rows) == ([], None, 0)

    def test_a_job_that_was_started_is_not_started_again(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.start_query(job_id, "select 1 as n", {})
        warehouse.start_query(job_id, "select 2 as n", {})
        assert warehouse.query_page(job_id, None, 10).rows == [{"n": 1}]

    def test_an_unknown_job_is_not_found_and_not_empty(self, warehouse: Warehouse) -> None:
        assert warehouse.job("no-such-job") is None
        with pytest.raises(NotFound, match="no-such-job"):
            warehouse.query_page("no-such-job", None, 10)

    @pytest.mark.parametrize(
        ("value", "column"),
        [
            ("LM358", "part_number"),
            (7, "stock"),
            (Decimal("0.105"), "price"),
            (0.5, "score"),
            (True, "active"),
            (LM358["seen_at"], "seen_at"),
            (date(2020, 2, 29), "since"),
        ],
    )
    def test_a_parameter_is_of_its_own_type(self, warehouse: Warehouse, value: object, column: str) -> None:
        sql = f"select part_number from parts where {column} = @value"
        assert answer(warehouse, sql, value=value) == [{"part_number": "LM358"}]

    def test_a_parameter_is_never_sql(self, warehouse: Warehouse) -> None:
        sql = "select part_number from parts where part_number = @name"
        assert answer(warehouse, sql, name="' or '1'='1") == []

    @pytest.mark.parametrize(("keys", "found"), [(["LM358", "X"], ["LM358"]), (["X"], []), ([], [])])
    def test_an_array_parameter_is_a_list_of_keys(
        self, warehouse: Warehouse, keys: list[str], found: list[str]
    ) -> None:
        rows = answer(
            warehouse, "select part_number from parts where part_number in unnest(@keys)", keys=keys
        )
        assert [row["part_number"] for row in rows] == found

    def test_a_null_says_its_type(self, warehouse: Warehouse) -> None:
        sql = "select part_number from parts where stock > coalesce(@minimum, 5)"
        assert answer(warehouse, sql, minimum=Typed("INT64", None)) == [{"part_number": "LM358"}]

    def test_a_missing_table_is_named_with_the_next_step(self, warehouse: Warehouse) -> None:
        with pytest.raises(Misconfigured, match="no_such_table") as raised:
            answer(warehouse, "select * from no_such_table")
        assert raised.value.reason == "no_table"

    def test_a_query_that_failed_fails_at_every_look(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        for _ in range(2):
            with pytest.raises(Misconfigured):
                started_page(warehouse, job_id, "select * from no_such_table")

    @pytest.mark.parametrize("sql", ["selec 1", "select no_such_column from parts", "select @missing"])
    def test_wrong_sql_is_a_misconfiguration(self, warehouse: Warehouse, sql: str) -> None:
        with pytest.raises(Misconfigured) as raised:
            answer(warehouse, sql)
        assert raised.value.reason == "invalid_query"

    def test_a_statement_says_how_many_rows_it_changed(self, warehouse: Warehouse) -> None:
        assert warehouse.execute("update parts set stock = @stock where true", {"stock": 3}) == 2
        assert warehouse.execute("delete from parts where part_number = @name", {"name": "NE555"}) == 1
        assert answer(warehouse, "select stock from parts") == [{"stock": 3}]

    def test_a_merge_updates_and_inserts(self, warehouse: Warehouse) -> None:
        sql = """
            merge into parts as old using (select @name as part_number, @stock as stock) as new
            on old.part_number = new.part_number
            when matched then update set stock = new.stock
            when not matched then insert (part_number, stock) values (new.part_number, new.stock)
        """
        assert warehouse.execute(sql, {"name": "LM358", "stock": 8}) == 1
        assert warehouse.execute(sql, {"name": "TL072", "stock": 9}) == 1
        rows = answer(warehouse, "select part_number, stock from parts order by part_number")
        assert [tuple(row.values()) for row in rows] == [("LM358", 8), ("NE555", 0), ("TL072", 9)]

    def test_a_statement_with_an_id_runs_once(self, warehouse: Warehouse) -> None:
        job_id = new_id()
        for _ in range(2):
            changed = warehouse.execute("update parts set stock = stock + 1 where true", {}, job_id)
            assert changed == 2
        assert answer(warehouse, "select sum(stock) as total from parts") == [{"total": 9}]

    def test_a_wrong_statement_raises(self, warehouse: Warehouse) -> None:
        with pytest.raises(Misconfigured):
            warehouse.execute("update no_such_table set a = 1 where true", {})

    def test_a_dry_run_finds_mistakes_and_runs_nothing(self, warehouse: Warehouse) -> None:
        assert warehouse.dry_run("select * from parts where stock > @n", {"n": 1}) >= 0
        with pytest.raises(Misconfigured):
            warehouse.dry_run("select * from no_such_table", {})

    def test_objects_are_loaded_and_counted(self, harness: WarehouseHarness, warehouse: Warehouse) -> None:
        uris = [harness.put_object(f"load/{n}.json", lines({"part_number": f"P{n}"})) for n in (1, 2)]
        job_id = new_id()
        warehouse.load_objects(job_id, "parts", uris)
        assert finished(warehouse, job_id).output_rows == 2
        rows = answer(warehouse, "select part_number from parts where part_number in unnest(['P1', 'P2'])")
        assert len(rows) == 2

    def test_a_load_runs_once(self, harness: WarehouseHarness, warehouse: Warehouse) -> None:
        uri, job_id = harness.put_object("load/1.json", lines({"part_number": "P1"})), new_id()
        for _ in range(2):
            warehouse.load_objects(job_id, "parts", [uri])
            assert finished(warehouse, job_id).output_rows == 1
        assert answer(warehouse, "select count(*) as n from parts") == [{"n": 3}]

    def test_a_load_can_replace_what_was_there(self, harness: WarehouseHarness, warehouse: Warehouse) -> None:
        uri, job_id = harness.put_object("load/1.json", lines({"part_number": "P1"})), new_id()
        warehouse.load_objects(job_id, "parts", [uri], PARTS, Disposition.REPLACE)
        assert finished(warehouse, job_id).error is None
        assert answer(warehouse, "select part_number from parts") == [{"part_number": "P1"}]

    def test_a_load_with_a_schema_makes_the_table(self, warehouse: Warehouse) -> None:
        schema = [Column("name", "STRING"), Column("n", "INT64")]
        assert warehouse.load_rows(new_id(), "fresh", [{"name": "a", "n": 1}], schema) == 1
        assert answer(warehouse, "select * from fresh") == [{"name": "a", "n": 1}]

    def test_a_load_without_a_schema_makes_no_table(self, warehouse: Warehouse) -> None:
        with pytest.raises(Misconfigured) as raised:
            warehouse.load_rows(new_id(), "no_such_table", [{"a": 1}])
        assert raised.value.reason == "no_table"

    def test_rows_that_do_not_fit_are_refused_and_none_is_loaded(self, warehouse: Warehouse) -> None:
        rows: Rows = [{"part_number": "P1", "stock": 1}, {"part_number": "P2", "stock": "many"}]
        with pytest.raises(Refuse):
            warehouse.load_rows(new_id(), "parts", rows)
        assert answer(warehouse, "select count(*) as n from parts") == [{"n": 2}]

    def test_a_column_that_the_table_lacks_is_refused(self, warehouse: Warehouse) -> None:
        with pytest.raises(Refuse):
            warehouse.load_rows(new_id(), "parts", [{"part_number": "P1", "colour": "red"}])

    def test_a_table_is_made_once_and_left_as_it_is(self, warehouse: Warehouse) -> None:
        assert warehouse.table_exists("parts")
        assert not warehouse.table_exists("no_such_table")
        warehouse.ensure_table("parts", [Column("other", "STRING")])
        assert answer(warehouse, "select count(part_number) as n from parts") == [{"n": 2}]

    def test_a_table_tells_its_size_columns_and_age(self, warehouse: Warehouse) -> None:
        facts = warehouse.table("parts")
        assert (facts.rows, facts.kind, facts.columns) == (2, "TABLE", PARTS)
        assert facts.modified <= datetime.now(UTC)
        warehouse.execute("delete from parts where part_number = 'NE555'", {})
        after = warehouse.table("parts")
        assert after.rows == 1
        assert after.modified >= facts.modified

    def test_a_view_has_no_rows_of_its_own(self, warehouse: Warehouse) -> None:
        warehouse.execute("create view in_stock as select part_number from parts where stock > 0", {})
        facts = warehouse.table("in_stock")
        assert (facts.rows, facts.kind) == (None, "VIEW")
        assert [column.name for column in facts.columns] == ["part_number"]

    def test_facts_of_a_missing_table_are_a_misconfiguration(self, warehouse: Warehouse) -> None:
        with pytest.raises(Misconfigured, match="no_such_table") as raised:
            warehouse.table("no_such_table")
        assert raised.value.reason == "no_table"

    def test_a_load_writes_what_people_call_the_columns(self, warehouse: Warehouse) -> None:
        schema = (Column("po_number", "STRING", description="PO NUMBER"), Column("n", "INT64"))
        warehouse.load_rows(new_id(), "fresh", [{"po_number": "8148-00", "n": 1}], schema)
        assert warehouse.table("fresh").columns == schema

    def test_a_replacing_load_brings_its_own_columns(self, warehouse: Warehouse) -> None:
        schema = (Column("name", "STRING", description="Name"),)
        warehouse.load_rows(new_id(), "parts", [{"name": "a"}], schema, Disposition.REPLACE)
        assert warehouse.table("parts").columns == schema
        assert answer(warehouse, "select * from parts") == [{"name": "a"}]

    def test_a_job_is_waited_for(self, harness: WarehouseHarness, warehouse: Warehouse) -> None:
        job_id = new_id()
        warehouse.load_objects(
            job_id, "parts", [harness.put_object("load/1.json", lines({"part_number": "P"}))]
        )
        job = warehouse.finished(job_id, patience=20)
        assert (job.state, job.error, job.output_rows) == (JobState.DONE, None, 1)
        assert warehouse.finished(job_id, patience=0) == job

    def test_waiting_for_a_job_that_fails_raises_its_error(
        self, harness: WarehouseHarness, warehouse: Warehouse
    ) -> None:
        job_id, uri = new_id(), harness.put_object("load/1.json", lines({"colour": "red"}))
        with suppress(Refuse):  # a service that is quick tells at once
            warehouse.load_objects(job_id, "parts", [uri])
        with pytest.raises(Refuse):
            warehouse.finished(job_id, patience=20)

    def test_an_unknown_job_is_not_waited_for(self, warehouse: Warehouse) -> None:
        with pytest.raises(NotFound, match="no-such-job"):
            warehouse.finished("no-such-job", patience=20)

    def test_an_export_writes_csv_objects_and_counts_their_rows(
        self, harness: WarehouseHarness, warehouse: Warehouse
    ) -> None:
        rows = select_rows("parts", ["part_number", "stock"])
        job_id, exported = new_id(), export_csv(harness.uri("export/*.csv"), rows)
        warehouse.start_query(job_id, exported.sql, exported.parameters)
        assert warehouse.finished(job_id, patience=20).output_rows == 2
        [text] = harness.objects_under("export/")
        assert sorted(text.decode().splitlines()) == ["LM358,7", "NE555,0", "part_number,stock"]

    def test_an_export_can_read_a_table_as_it_was_since_its_last_change(
        self, harness: WarehouseHarness, warehouse: Warehouse
    ) -> None:
        as_of = warehouse.table("parts").modified
        rows = select_rows("parts", ["part_number"], as_of=as_of, filters=[Filter("part_number", ["LM358"])])
        job_id, exported = new_id(), export_csv(harness.uri("export/*.csv"), rows)
        warehouse.start_query(job_id, exported.sql, exported.parameters)
        assert warehouse.finished(job_id, patience=20).output_rows == 1
        assert harness.objects_under("export/") == [b"part_number\nLM358\n"]

    @pytest.mark.parametrize("away", [timedelta(days=-8), timedelta(hours=1)])
    def test_a_table_is_not_read_as_of_any_other_time(self, warehouse: Warehouse, away: timedelta) -> None:
        as_of = datetime.now(UTC) + away
        asked = select_rows("parts", ["part_number"], as_of=as_of)
        with pytest.raises(Misconfigured) as raised:
            started_page(warehouse, new_id(), asked.sql, **asked.parameters)
        assert raised.value.reason == "no_snapshot"

    @pytest.mark.parametrize(
        ("value", "folded", "found"), [("lm358", False, 0), ("LM358", False, 1), ("LM358", True, 1)]
    )
    def test_rows_are_chosen_by_what_a_column_holds(
        self, warehouse: Warehouse, value: str, folded: bool, found: int
    ) -> None:
        asked = select_rows(
            "parts", ["part_number"], filters=[Filter("part_number", [value], folded)], limit=5
        )
        assert len(started_page(warehouse, new_id(), asked.sql, **asked.parameters)) == found

    def test_a_column_can_hold_records(self, warehouse: Warehouse) -> None:
        sellers = Column(
            "sellers", "RECORD", "REPEATED", (Column("name", "STRING"), Column("stock", "INT64"))
        )
        row = {"sellers": [{"name": "a", "stock": 1}, {"name": "b", "stock": None}]}
        warehouse.load_rows(new_id(), "offers", [row], [sellers])
        assert answer(warehouse, "select * from offers") == [row]


def answer(warehouse: Warehouse, sql: str, **parameters: object) -> Rows:
    """All rows of a query."""
    return started_page(warehouse, new_id(), sql, **parameters)


def started_page(warehouse: Warehouse, job_id: str, sql: str, **parameters: object) -> Rows:
    """Start a query and read its first page."""
    warehouse.start_query(job_id, sql, parameters)
    return warehouse.query_page(job_id, None, page_size=1000).rows


def finished(warehouse: Warehouse, job_id: str) -> Job:
    """The job once it is done; loads in tests are done within a few looks."""
    for _ in range(200):
        job = warehouse.job(job_id)
        assert job is not None
        if job.state == JobState.DONE:
            return job
        # `execute` waits for a job of its own, which is as good as any pause
        warehouse.execute("select 1", {})
    raise ShelflineError("the job does not end")


def lines(*documents: dict[str, Any]) -> bytes:
    """Documents as a load reads them."""
    return "".join(f"{json.dumps(document)}\n" for document in documents).encode()
