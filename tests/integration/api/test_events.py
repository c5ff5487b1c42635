"""A run's events, live: none missed, none twice."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from common.auth.tokens import Principal, Role
from common.interface.events import Events, Place
from functions.api.feed import POLLER, Feed
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The events of a stream as they come; comments are passed over."""
    event: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line == "" and "data" in event:
            yield {**event, **json.loads(event["data"])}
        event = {} if line == "" else {**event, name: value}


def _so_far(client: httpx.Client, run: str, after: str | None = None) -> list[dict[str, Any]]:
    headers = {"Last-Event-ID": after} if after else {}
    with client.stream("GET", f"/runs/{run}/events", params={"follow": False}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(_events(answer.iter_lines()))


def test_all_events_of_a_run_are_told_in_order(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=3)
    pipeline.drive()
    told = _so_far(people.viewer, run)
    assert len(told) == pipeline.one("select count(*) from events where stream = %s", run)
    assert (told[0]["kind"], told[-1]["kind"]) == ("run_created", "run_settled")
    assert [each["id"] for each in told] == [f"1:{n}" for n in range(1, len(told) + 1)]


def test_a_watcher_goes_on_after_the_last_id_from_any_place(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=2, script={"key00001": {"stage": "manual"}})
    pipeline.drive()
    people.operator.post(f"/runs/{run}/cancel")
    people.viewer.get("/verify", params={"run_id": run})  # seals a second block
    everything = _so_far(people.viewer, run)
    assert everything[-1]["id"].startswith("2:")
    for place, event in enumerate(everything, start=1):
        assert _so_far(people.viewer, run, after=event["id"]) == everything[place:]


def test_a_last_id_that_was_never_told_is_refused(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=1)
    for wrong in ("soon", "1", "1:x", "-1:2"):
        answer = people.viewer.get(f"/runs/{run}/events", headers={"Last-Event-ID": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_event_id")


def test_watchers_are_told_while_it_happens_and_miss_nothing(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=20, script={"key00003": {"hash": "retry_once"}})
    told: list[list[str]] = [[], [], []]
    listening = threading.Barrier(len(told) + 1)

    def watch(seen: list[str]) -> None:
        with people.viewer.stream("GET", f"/runs/{run}/events", timeout=20) as answer:
            listening.wait()
            for event in _events(answer.iter_lines()):
                seen.append(event["id"])
                if event["kind"] == "run_settled":
                    return

    watchers = [threading.Thread(target=watch, args=(seen,)) for seen in told]
    for watcher in watchers:
        watcher.start()
    listening.wait(10)
    pipeline.drive()
    for watcher in watchers:
        watcher.join(20)
    expected = [event["id"] for event in _so_far(people.viewer, run)]
    assert told == [expected] * 3


def test_a_process_polls_once_however_many_watch(pipeline: Pipeline) -> None:
    run = pipeline.start(records=1)
    pipeline.drive()
    pollers, told = asyncio.run(_watched_by(5, Feed(pipeline.services), pipeline, run))
    assert pollers == 1
    assert told == 5


async def _watched_by(many: int, feed: Feed, pipeline: Pipeline, run: str) -> tuple[int, int]:
    """How many pollers there are while `many` watch, and how many of them were told something."""
    principal = Principal("default", "a watcher", Role.VIEWER)
    streams = [feed.follow(Events(pipeline.services, principal), run, Place()) for _ in range(many)]
    first = [await anext(stream) for stream in streams]
    pollers = sum(task.get_name() == POLLER for task in asyncio.all_tasks())
    for stream in streams:
        await stream.aclose()
    while feed.is_polling:
        await asyncio.sleep(0.01)
    return pollers, len(first)
