"""How far an upload is: by what is recorded of its files, so that every instance tells the same."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from common.services import Services
from functions.api import feed as feeds
from functions.api.application import create_application
from tests.integration.api.conftest import People
from tests.integration.api.serving import client, eventually, served
from tests.integration.designs_api.sending import code, finish, send, start, upload
from tests.support.designs import FAR, DesignsPipeline, png, resized

STEPS = ["checking duplicates", "processing and formatting", "creating mockups", "uploading to Etsy"]


def now(people: People, session: str) -> Any:
    """How far it is."""
    answer = people.viewer.get(f"/designs/progress/{session}/now")
    assert answer.status_code == 200
    return answer.json()


def events_of(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The events of a stream as they come; a comment is an event without data."""
    event: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line.startswith(":"):
            yield {"comment": line}
        if line == "" and "data" in event:
            yield {**event, **json.loads(event["data"])}
        event = {} if line == "" else {**event, name: value}


def so_far(people: People, session: str, after: str | None = None) -> list[dict[str, Any]]:
    """What a watcher that does not stay is told."""
    headers = {"Last-Event-ID": after} if after else {}
    path = f"/designs/progress/{session}"
    with people.viewer.stream("GET", path, params={"follow": False}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        return list(events_of(answer.iter_lines()))


@contextmanager
def watching(who: httpx.Client, session: str, after: str | None = None) -> Iterator[list[dict[str, Any]]]:
    """What a watcher is told while the block goes on, until its stream ends by itself."""
    told: list[dict[str, Any]] = []
    listening = threading.Event()

    def watch() -> None:
        headers = {"Last-Event-ID": after} if after else {}
        with who.stream("GET", f"/designs/progress/{session}", headers=headers, timeout=20) as answer:
            for event in events_of(answer.iter_lines()):
                told.append(event)
                listening.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert listening.wait(10) or after
    yield told
    watcher.join(20)
    assert not watcher.is_alive()


def test_the_steps_follow_each_other_and_bytes_weigh(pipeline: DesignsPipeline, people: People) -> None:
    files = {"small.png": png(1, side=60), "large.png": png(2, side=500)}
    sizes = [len(content) for content in files.values()]
    started = start(people.operator, files)
    session = started["session_id"]
    first = now(people, session)
    assert (first["state"], first["step"], first["message"]) == ("uploading", 0, "receiving files")
    assert (first["progress_percent"], first["run_id"]) == (0, None)
    assert first["remaining_time"] == started["estimated_time"] == 10
    for told, content in zip(started["files"], files.values(), strict=True):
        send(pipeline, told, content)
    people.admin.put("/config", json={"settings": {"upload_piece_files": 1}})
    finish(people.operator, session)
    seen = [now(people, session)]
    while pipeline.tasks.waiting:
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
        if (present := now(people, session)) != seen[-1] | {"timestamp": present["timestamp"]}:
            seen.append(present)
    assert [each["step"] for each in seen] == sorted(each["step"] for each in seen)
    assert {each["message"] for each in seen} <= set(STEPS)
    percent = [each["progress_percent"] for each in seen]
    assert percent == sorted(percent)
    whole = 4 * sum(sizes)
    shares = [round(100 * part / whole, 1) for part in (sizes[0], sum(sizes), 4 * sizes[0] + sizes[1])]
    assert set(shares[1:]) <= set(percent), (shares, percent)
    assert (seen[0]["current_file"], seen[-1]["current_file"]) == ("small.png", None)
    last = seen[-1]
    assert (last["state"], last["progress_percent"], last["step"]) == ("completed", 100, 4)
    assert (last["remaining_time"], last["file_progress"]) == (0, {"done": 2, "total": 2})


def test_the_file_that_is_furthest_behind_is_the_current_one(
    pipeline: DesignsPipeline, people: People
) -> None:
    people.admin.put("/config", json={"settings": {"upload_piece_files": 1, "workers": 1}})
    ended = upload(pipeline, people.operator, {"a.png": png(1), "b.png": png(2), "c.png": png(3)})
    seen = []
    while pipeline.tasks.waiting:
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
        present = now(people, ended["session_id"])
        behind = pipeline.sql(
            "select min(case step when 'hash' then 0 when 'decide' then 0 else 1 end) from items where state not in ('done')"
        )
        assert present["step"] in (1, 2, 4), behind
        seen.append(present["current_file"])
    assert seen[-1] is None
    assert set(seen) - {None} == {"a.png", "b.png", "c.png"}


def test_missing_and_refused_files_are_behind_us(pipeline: DesignsPipeline, people: People) -> None:
    started = start(people.operator, {"missing.png": png(1), "no picture.png": b"no pixels"})
    send(pipeline, started["files"][1], b"no pixels")
    finish(people.operator, started["session_id"])
    pipeline.drive(patience=FAR)
    last = now(people, started["session_id"])
    assert (last["state"], last["progress_percent"], last["file_progress"]["done"]) == ("completed", 100, 2)


def test_a_run_that_waits_for_a_person_says_so_and_goes_on_when_he_has_spoken(
    pipeline: DesignsPipeline, people: People
) -> None:
    ended = upload(pipeline, people.operator, {"a.png": png(1), "small a.png": resized(1)})
    pipeline.drive(patience=FAR)
    session = ended["session_id"]
    assert now(people, session)["state"] == "waiting"
    [told] = so_far(people, session)
    assert told["state"] == "waiting"
    people.approver.post("/changes/approve", json={"run_id": ended["run_id"]})
    assert now(people, session)["state"] == "running"
    with watching(people.viewer, session) as watched:
        pipeline.drive(patience=FAR)
    assert (watched[-1]["state"], watched[-1]["progress_percent"]) == ("completed", 100)


def test_an_upload_that_a_run_of_the_flow_has_taken_up_is_told_of_too(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {"a.png": png(1)})
    send(pipeline, started["files"][0], png(1))
    finish(people.operator, started["session_id"], run=False)
    assert now(people, started["session_id"])["state"] == "uploading"
    run = pipeline.run_all()
    last = now(people, started["session_id"])
    assert (last["run_id"], last["state"], last["progress_percent"]) == (run, "completed", 100)


def test_a_watcher_is_told_from_before_there_is_a_run_to_its_end(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {f"{number}.png": png(number) for number in range(3)})
    with watching(people.viewer, started["session_id"]) as told:
        for each, number in zip(started["files"], range(3), strict=True):
            send(pipeline, each, png(number))
        finish(people.operator, started["session_id"])
        eventually(lambda: any(event.get("run_id") for event in told))
        pipeline.drive(patience=FAR)
    shown = [event for event in told if "comment" not in event]
    assert {event["event"] for event in shown} == {"progress"}
    assert (shown[0]["state"], shown[-1]["state"]) == ("uploading", "completed")
    percent = [event["progress_percent"] for event in shown]
    assert percent == sorted(percent)
    assert percent[-1] == 100
    places = [tuple(map(int, event["id"].split(":"))) for event in shown]
    assert places == sorted(places)


def test_after_the_end_one_event_says_how_it_ended(pipeline: DesignsPipeline, people: People) -> None:
    session = upload(pipeline, people.operator, {"a.png": png(1)})["session_id"]
    pipeline.drive(patience=FAR)
    [told] = so_far(people, session)
    assert told["state"] == "completed"
    with watching(people.viewer, session, after=told["id"]) as again:
        pass
    assert [event["state"] for event in again] == ["completed"]
    with watching(people.viewer, session, after="1:1") as from_before:
        pass
    assert from_before == [told | {"timestamp": from_before[0]["timestamp"], "data": from_before[0]["data"]}]


def test_one_that_comes_back_is_told_what_came_since_and_nothing_twice(
    pipeline: DesignsPipeline, people: People
) -> None:
    ended = upload(pipeline, people.operator, {"a.png": png(1), "b.png": png(2)})
    session = ended["session_id"]
    people.viewer.get("/verify", params={"run_id": ended["run_id"]})  # seals what was told so far
    [first] = so_far(people, session)
    with watching(people.viewer, session, after=first["id"]) as told:
        pipeline.drive(patience=FAR)
    shown = [event for event in told if "comment" not in event]
    assert first["id"] not in [event["id"] for event in shown]
    assert shown[-1]["state"] == "completed"


def test_an_id_that_was_never_told_is_refused(pipeline: DesignsPipeline, people: People) -> None:
    session = start(people.operator, {"a.png": png(1)})["session_id"]
    answer = people.viewer.get(f"/designs/progress/{session}", headers={"Last-Event-ID": "soon"})
    assert code(answer) == (400, "bad_event_id")


def test_silence_is_broken_before_a_proxy_takes_it_for_the_end(
    people: People, monkeypatch: pytest.MonkeyPatch, pipeline: DesignsPipeline
) -> None:
    """Before there is a run, and while it does nothing."""
    monkeypatch.setattr(feeds, "KEEP_ALIVE_EVERY", 0.2)
    monkeypatch.setattr(feeds, "POLL_EVERY", 0.1)
    started = start(people.operator, {"a.png": png(1)})
    session = started["session_id"]
    send(pipeline, started["files"][0], png(1))
    with watching(people.viewer, session) as told:
        eventually(lambda: sum("comment" in event for event in told) > 1)
        finish(people.operator, session)
        eventually(lambda: told[-1].get("run_id") or "run_id" in str(told))
        before = len(told)
        eventually(lambda: sum("comment" in event for event in told[before:]) > 2)
        pipeline.drive(patience=FAR)
    assert sum("comment" in event for event in told[before:]) > 2


def test_an_instance_that_did_nothing_tells_the_same(pipeline: DesignsPipeline, people: People) -> None:
    """Uploaded by one, watched at another, run by a third."""
    other = Services(pipeline.services.environment)
    application = create_application(other)
    bearer = people.operator.headers["Authorization"].removeprefix("Bearer ")
    with served(application) as url:
        watcher = client(url, bearer)
        started = start(people.operator, {"a.png": png(1), "b.png": png(2)})
        with (
            watching(watcher, started["session_id"]) as there,
            watching(people.viewer, started["session_id"]) as here,
        ):
            for each, number in zip(started["files"], (1, 2), strict=True):
                send(pipeline, each, png(number))
            finish(people.operator, started["session_id"])
            pipeline.drive(patience=FAR)
        watcher.close()
        eventually(lambda: not application.state.feed.is_polling)
    other.database.close()
    ends = [[event for event in told if "comment" not in event][-1] for told in (here, there)]
    assert [(end["state"], end["progress_percent"], end["id"]) for end in ends] == [
        ("completed", 100, ends[0]["id"])
    ] * 2
