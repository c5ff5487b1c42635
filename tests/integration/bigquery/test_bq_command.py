"""Our own `bq`, against the emulator."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.emulators.bigquery import bq
from tests.integration.bigquery.servers import PROJECT, Running

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(running: Running, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        code = bq.main(["--api", running.url, "--project_id", PROJECT, *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return command


def test_rows_are_loaded_shown_and_queried(run: Run, dataset: str, tmp_path: Path) -> None:
    name = dataset.split(".")[1]
    file = tmp_path / "parts.csv"
    file.write_text("id,name\n1,a\n2,\n")
    assert run("load", "--skip_leading_rows=1", f"{name}.t", str(file), "id:INTEGER,name:STRING")[
        1
    ].startswith("2 rows")
    code, out, _ = run("head", "-n", "1", "-s", "1", f"{name}.t")
    assert (code, "NULL" in out, "| 2" in out) == (0, True, True)
    sql = f"SELECT id + @x AS n, name FROM {name}.t ORDER BY id"
    assert run("--format", "csv", "query", "--parameter=x:INT64:5", sql) == (0, "n,name\n6,a\n7,\n", "")
    assert json.loads(run("--format=json", "query", "SELECT 1 AS a")[1]) == [{"a": 1}]
    assert (
        "process 16 bytes" in run("query", "--dry_run", "--nouse_legacy_sql", f"SELECT id FROM {name}.t")[1]
    )
    assert "affected rows: 2" in run("query", f"DELETE {name}.t WHERE TRUE")[1]


def test_things_are_listed_and_described(run: Run, dataset: str) -> None:
    name = dataset.split(".")[1]
    run("query", "--destination_table", f"{PROJECT}:{name}.t", "--job_id", f"j_{name}", "SELECT 1 AS a")
    assert name in run("ls")[1]
    assert "| t" in run("ls", name)[1]
    assert json.loads(run("show", "--schema", f"{name}.t")[1]) == [
        {"name": "a", "type": "INTEGER", "mode": "NULLABLE"}
    ]
    assert json.loads(run("show", name)[1])["id"] == f"{PROJECT}:{name}"
    assert json.loads(run("show", "-j", f"j_{name}")[1])["status"]["state"] == "DONE"


def test_a_mistake_is_one_line_and_exit_code_one(run: Run, dataset: str, tmp_path: Path) -> None:
    code, out, err = run("query", "SELECT nope(1)")
    assert (code, out) == (1, "")
    assert "BigQuery error in query operation" in err
    assert "Function not found: nope" in err
    file = tmp_path / "bad.json"
    file.write_text('{"id": "x"}\n')
    name = dataset.split(".")[1]
    code, _, err = run("load", "--source_format=NEWLINE_DELIMITED_JSON", f"{name}.t", str(file), "id:INTEGER")
    assert code == 1
    assert "Row 1: Could not convert value to INT64" in err
