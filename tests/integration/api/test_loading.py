"""A user's own file by HTTP, the rows it cannot give, and taking these up again."""

import json
from contextlib import closing
from typing import Any

from common.objects.store import ObjectStore
from tests.fakes.warehouse import FakeWarehouse
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline

CSV = """MPN,Maker,Specs,Introduced,Lead colour
ABC-1,Acme,Voltage=5;Size=2,2020-01-01,red
,Acme,,,
DEF-2,Acme,,yesterday,
GHI-3,Acme,,,
"""


def _load(people: People, content: str, name: str = "parts.csv", **more: Any) -> dict[str, Any]:
    answer = people.operator.post("/load/parts", files={"file": (name, content), **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class WatchedWarehouse(FakeWarehouse):
    """Remembers which tables were loaded into."""

    def __init__(self, objects: ObjectStore) -> None:
        super().__init__(objects)
        self.loaded: list[str] = []

    def load_objects(self, job_id: str, table: str, *more: Any) -> None:
        """See Warehouse.load_objects."""
        self.loaded.append(table)
        super().load_objects(job_id, table, *more)


def _table(pipeline: Pipeline, job: str) -> list[dict[str, Any]]:
    pipeline.services.warehouse.start_query(job, "select * from parts order by pn", {})
    return pipeline.services.warehouse.query_page(job, None, 100).rows


def test_a_file_is_loaded_and_its_bad_rows_are_told_by_line_and_column(
    pipeline: Pipeline, people: People
) -> None:
    loaded = _load(people, CSV)
    assert (loaded["read"], loaded["loaded"], loaded["rejected"]) == (4, 2, 2)
    assert [(each["row"], each["column"], each["reason"]) for each in loaded["problems"]] == [
        (3, "pn", "missing"),
        (4, "intro_date", "not_a_date"),
    ]
    assert loaded["unused_columns"] == ["Lead colour"]
    rows = _table(pipeline, "after")
    assert [row["pn"] for row in rows] == ["ABC-1", "GHI-3"]
    assert rows[0]["specs"][0] == {"spec_name": "Voltage", "spec_value": "5", "spec_units": None}
    kept = people.viewer.get("/quarantine").json()["rows"]
    assert [(row["source"], row["row_number"], row["raw"]["pn"]) for row in kept] == [
        ("parts.csv", 4, "DEF-2"),
        ("parts.csv", 3, ""),
    ]


def test_the_same_file_again_changes_nothing(pipeline: Pipeline, people: People) -> None:
    _load(people, CSV)
    before = _table(pipeline, "before")
    again = _load(people, CSV)
    assert (again["loaded"], again["rejected"]) == (2, 2)
    assert _table(pipeline, "after") == before
    assert pipeline.one("select count(*) from quarantine") == 2


def test_a_file_loaded_again_after_another_wins_again(pipeline: Pipeline, people: People) -> None:
    for title in ("first", "second", "first"):
        _load(people, f"pn,maker,title\nABC-1,Acme,{title}\n")
    assert [row["title"] for row in _table(pipeline, "after")] == ["first"]


def test_of_a_part_named_twice_the_last_row_counts(pipeline: Pipeline, people: People) -> None:
    _load(people, "pn,maker,title\nABC-1,Acme,old\nabc-1,ACME,new\n")
    assert [row["title"] for row in _table(pipeline, "after")] == ["new"]


def test_nothing_is_left_behind_in_bucket_or_dataset(pipeline: Pipeline, people: People) -> None:
    objects = pipeline.services.objects
    with closing(WatchedWarehouse(objects)) as warehouse:
        pipeline.services.warehouse = warehouse
        _load(people, CSV)
        assert list(objects.list("loads/")) == []
        assert len(warehouse.loaded) == 1
        assert not warehouse.table_exists(warehouse.loaded[0])


def test_foreign_headers_are_read_through_a_mapping(people: People) -> None:
    mapping = json.dumps({"Artikel": "pn", "Hersteller": "manufacturer"})
    loaded = _load(people, "Artikel;Hersteller\nX;Acme\n", mapping=("mapping.json", mapping))
    assert loaded["loaded"] == 1
    broken = people.operator.post(
        "/load/parts", files={"file": ("a.csv", "pn\nX"), "mapping": ("m.json", "[1]")}
    )
    assert broken.json()["code"] == "bad_mapping"


def test_a_file_that_is_none_is_refused_whole(people: People) -> None:
    for content in ("", "PK\x03\x04", "colour\nred\n"):
        answer = people.operator.post("/load/parts", files={"file": ("a.csv", content)})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert people.operator.post("/load/toy", files={"file": ("a.csv", "pn\n1")}).json()["code"] == "no_loader"
    assert people.viewer.post("/load/parts", files={"file": ("a.csv", "pn\n1")}).status_code == 403


def test_a_mended_row_is_replayed_in_a_run_of_its_own(pipeline: Pipeline, people: People) -> None:
    _load(people, CSV)
    bad_date, no_number = people.viewer.get("/quarantine").json()["rows"]
    raw = {**bad_date["raw"], "intro_date": "2021-02-03"}
    mended = people.operator.patch(f"/quarantine/{bad_date['id']}", json={"raw": raw}).json()
    assert mended["problems"] == []
    answer = people.operator.post("/quarantine/replay", json={"flow": "parts"}).json()
    assert answer["replayed"] == 1
    assert [(row["id"], row["problems"][0]["column"]) for row in answer["still_bad"]] == [
        (no_number["id"], "pn")
    ]
    run = people.viewer.get(f"/runs/{answer['run_id']}").json()
    assert run["options"]["part_numbers"] == ["DEF-2"]
    assert [row["pn"] for row in _table(pipeline, "after")] == ["ABC-1", "DEF-2", "GHI-3"]
    replayed = people.viewer.get("/quarantine", params={"state": "replayed"}).json()["rows"]
    assert [row["replayed_by"] for row in replayed] == ["the operator"]
    assert people.operator.patch(f"/quarantine/{bad_date['id']}", json={"raw": raw}).status_code == 409


def test_a_replay_takes_its_rows_through_the_source(pipeline: Pipeline, people: People) -> None:
    _load(people, "pn,maker,intro_date\nDEF-2,Acme,yesterday\n")
    [row] = people.viewer.get("/quarantine").json()["rows"]
    people.operator.patch(f"/quarantine/{row['id']}", json={"raw": {"pn": "DEF-2", "manufacturer": "Acme"}})
    run = people.operator.post("/quarantine/replay", json={"flow": "parts", "ids": [row["id"]]}).json()[
        "run_id"
    ]
    pipeline.deliver(pipeline.tasks.waiting.pop(0))
    assert pipeline.sql("select key from items where run_id = %s", run)[0][0] == "acme|def-2"


def test_replaying_nothing_starts_no_run(people: People) -> None:
    answer = people.operator.post("/quarantine/replay", json={"flow": "parts"})
    assert answer.json() == {"run_id": None, "replayed": 0, "still_bad": []}
    assert people.operator.post("/quarantine/replay", json={"flow": "parts", "ids": [7]}).status_code == 404
