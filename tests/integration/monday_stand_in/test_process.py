"""The stand-in as the local stack runs it: a process that may be killed at any time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.vendors.monday.boards_file import BadBoardsFile, read_boards
from tests.integration.emulator_process import ROOT, EmulatorProcess, until
from tests.integration.monday_stand_in.boards import BOARD, CREATE, KEY, SIZE, encoded, many

SAMPLE = ROOT / "infra" / "local" / "samples" / "monday_boards.json"
INGEST = """mutation { ingest_items(board_id: 501, group_id: "topics",
  on_match: {match_column_id: "text1", behaviour: UPSERT}) { job_id upload_url } }"""


@pytest.fixture
def process(tmp_path: Path, boards_file: Path) -> Iterator[EmulatorProcess]:
    options = ["--state", str(tmp_path / "state"), "--clock", str(tmp_path / "clock.json")]
    options += ["--boards", str(boards_file), "--token", "secret", "--plan", "pro", "--ingest-seconds", "0"]
    running = EmulatorProcess("infra.local.vendors.monday", *options)
    yield running
    if running.process.poll() is None:
        running.stop()


def call(process: EmulatorProcess, query: str, variables: Any = None, key: str = "") -> Any:
    """What a call answers, as JSON."""
    headers = {"Authorization": "secret"} | ({"Idempotency-Key": key} if key else {})
    body = {"query": query, "variables": variables or {}}
    with requests.Session() as session:
        return session.post(f"{process.url}/v2", json=body, headers=headers, timeout=10).json()


def restart(process: EmulatorProcess) -> None:
    process.kill()
    process.start()


def test_what_was_answered_outlives_a_kill(process: EmulatorProcess) -> None:
    group = call(process, 'mutation { create_group(board_id: 501, group_name: "SPRING") { id } }')
    group_id = group["data"]["create_group"]["id"]
    values = encoded(**{KEY: "a", SIZE: {"labels": ["XXL"]}})
    variables = {"board": BOARD, "name": "one", "values": values, "labels": True, "group": group_id}
    item = call(process, CREATE, variables, key="k")
    parent = item["data"]["create_item"]["id"]
    call(process, f'mutation {{ create_subitem(parent_item_id: {parent}, item_name: "below") {{ id }} }}')
    before = process.get(f"/_boards/{BOARD}")
    restart(process)
    assert process.get(f"/_boards/{BOARD}") == before
    assert before["items"][0]["subitems"][0]["name"] == "below"
    assert call(process, CREATE, variables, key="k") == item


def test_numbers_go_on_after_a_kill(process: EmulatorProcess) -> None:
    document, variables = many(5)
    first = call(process, document, variables)["data"]["a4"]["id"]
    restart(process)
    assert int(call(process, document, variables)["data"]["a0"]["id"]) > int(first)


def test_a_job_cut_short_by_a_kill_goes_on_with_its_next_row(process: EmulatorProcess) -> None:
    job = call(process, INGEST)["data"]["ingest_items"]
    rows = "".join(f"{number},k{number}\n" for number in range(3000))
    requests.put(job["upload_url"], data=f"name,{KEY}\n{rows}", timeout=10)
    until(lambda: process.get("/_boards")["boards"][0]["states"].get("active", 0) >= 100)
    restart(process)
    query = f'{{ fetch_job_status(job_id: "{job["job_id"]}") {{ ... on ItemsJobStatus {{ status counts {{ created updated }} }} }} }}'
    until(lambda: call(process, query)["data"]["fetch_job_status"]["status"] == "COMPLETED")
    assert call(process, query)["data"]["fetch_job_status"]["counts"] == {"created": 3000, "updated": 0}
    summary = process.get("/_boards")["boards"][0]
    assert (summary["distinct_keys"], summary["repeated_keys"]) == ({"KEY": 3000}, {"KEY": {}})


def test_the_plan_is_an_option(process: EmulatorProcess) -> None:
    with requests.Session() as session:
        answer = session.post(f"{process.url}/v2", json={"query": "{ me { id } }"}, timeout=10)
    assert '"minuteRate";q=2500;w=60, "concurrency";q=100' in answer.headers["RateLimit-Policy"]


def test_the_sample_boards_are_in_form() -> None:
    boards = {board.id: board for board in read_boards(SAMPLE)}
    assert set(boards) == {"2001001", "2001011", "2001002", "2001012"}
    for board, below in (("2001001", "2001011"), ("2001002", "2001012")):
        column = boards[board].subtasks_column()
        assert column is not None
        assert column.subitems_board == below
        assert boards[below].parent_board == board
        titles = {each.title: each for each in boards[board].columns.values()}
        assert len(titles) == 35
        assert sorted(titles["CUSTOMER"].labels) == list(range(1, 9))
        assert titles["ORDER TYPE"].labels == {0: "RECEIVED", 1: "CANCELLED"}
        assert [each.title for each in boards[board].columns.values() if each.key] == ["SOURCE UUID"]


def test_a_boards_file_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "boards.json"
    column = '{"id": "s", "title": "Subitems", "type": "subtasks", "subitems_board": "9"}'
    path.write_text(f'{{"boards": [{{"id": "1", "name": "x", "columns": [{column}]}}]}}')
    with pytest.raises(BadBoardsFile, match="board 1, Subitems"):
        read_boards(path)
