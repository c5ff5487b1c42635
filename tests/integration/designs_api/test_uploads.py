"""Announcing files and ending uploads: limits, roles, names, and what is said twice or not at all."""

import json
import threading
from typing import Any
from uuid import uuid4

import pytest

from common.pipeline.sweep import sweep
from tests.integration.api.conftest import People
from tests.integration.designs_api.sending import announced, code, finish, send, start, upload
from tests.support.designs import FAR, DesignsPipeline, png


def announce(people: People, body: dict[str, Any]) -> Any:
    """What the API says to the operator."""
    return people.operator.post("/designs/start-upload", json=body)


def small(count: int) -> dict[str, bytes]:
    """Files that are only announced."""
    return {f"{number}.png": b"x" for number in range(count)}


def test_finish_said_twice_changes_nothing(pipeline: DesignsPipeline, people: People) -> None:
    ended = upload(pipeline, people.operator, {"a.png": png(1)})
    assert finish(people.operator, ended["session_id"]) == ended
    pipeline.drive(patience=FAR)
    assert finish(people.operator, ended["session_id"]) == ended
    assert pipeline.one("select count(*) from runs") == 1


def test_two_that_finish_at_the_same_moment_start_one_run(pipeline: DesignsPipeline, people: People) -> None:
    started = start(people.operator, {"a.png": png(1)})
    send(pipeline, started["files"][0], png(1))
    said: list[Any] = []
    clients = (people.operator, people.admin, people.approver)
    both = [
        threading.Thread(target=lambda who=who: said.append(finish(who, started["session_id"])))
        for who in clients
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert said == [said[0]] * 3
    assert pipeline.one("select count(*) from runs") == 1


def test_an_upload_that_a_run_has_taken_up_is_not_run_again(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {"a.png": png(1)})
    send(pipeline, started["files"][0], png(1))
    assert finish(people.operator, started["session_id"], run=False)["run_id"] is None
    run = pipeline.run_all()
    assert finish(people.operator, started["session_id"])["run_id"] == run
    assert pipeline.one("select count(*) from runs") == 1


def test_files_that_are_missing_are_rejected_by_name_and_the_rest_goes_on(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {"a.png": png(1), "b.png": png(2), "c.png": png(3)})
    send(pipeline, started["files"][1], png(2))
    ended = finish(people.operator, started["session_id"])
    assert (ended["stored"], ended["missing"]) == (1, 2)
    pipeline.drive(patience=FAR)
    run = ended["run_id"]
    assert pipeline.outcomes(run) == {"a.png": "bad_data", "b.png": "no_shop", "c.png": "bad_data"}
    kept = people.viewer.get("/quarantine", params={"run_id": run}).json()["rows"]
    assert {row["raw"]["file"] for row in kept} == {"a.png", "c.png"}
    assert {row["problems"][0]["reason"] for row in kept} == {"not_uploaded"}
    assert all("upload it again" in row["problems"][0]["detail"] for row in kept)
    assert pipeline.imbalance(run) is None


def test_an_upload_of_which_nothing_came_is_a_run_that_says_so(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {"a.png": png(1)})
    ended = finish(people.operator, started["session_id"])
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"a.png": "bad_data"}
    assert pipeline.figures(ended["run_id"]) == {"fetched": 1, "rejected": 1}


def test_more_files_than_one_announcement_takes_go_by_session_id(
    pipeline: DesignsPipeline, people: People
) -> None:
    assert code(announce(people, {"files": announced(small(501))})) == (400, "bad_number")
    assert code(announce(people, {"files": []})) == (400, "bad_number")
    first = start(people.operator, small(500))
    more = start(people.operator, {"last.png": b"x"}, session_id=first["session_id"])
    assert more["session_id"] == first["session_id"]
    assert [told["number"] for told in more["files"]] == [501]
    assert len({told["send"]["url"] for told in (*first["files"], *more["files"])}) == 501


def test_announcements_at_the_same_moment_number_no_two_files_alike(
    pipeline: DesignsPipeline, people: People
) -> None:
    session = start(people.operator, {"first.png": b"x"})["session_id"]
    clients = (people.operator, people.admin, people.approver)
    both = [
        threading.Thread(target=start, args=(who, small(20)), kwargs={"session_id": session})
        for who in clients
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    numbers = [row[0] for row in pipeline.sql("select number from upload_files order by number")]
    assert numbers == list(range(1, 62))


def test_files_that_are_announced_while_it_ends_are_told_as_missing(
    pipeline: DesignsPipeline, people: People
) -> None:
    started = start(people.operator, {"a.png": png(1)})
    send(pipeline, started["files"][0], png(1))
    listed = pipeline.bucket.list

    def listed_late(prefix: str = "") -> Any:
        pipeline.bucket.list = listed  # type: ignore[method-assign]  # once
        start(people.operator, {"late.png": png(2)}, session_id=started["session_id"])
        return listed(prefix)

    pipeline.bucket.list = listed_late  # type: ignore[method-assign]  # what happens between two lines
    ended = finish(people.operator, started["session_id"])
    assert (ended["stored"], ended["missing"]) == (1, 1)
    assert (
        announce(people, {"files": announced(small(1)), "session_id": ended["session_id"]}).status_code == 409
    )


def test_a_file_beyond_the_limit_is_told_at_once_and_not_asked_for(
    pipeline: DesignsPipeline, people: People
) -> None:
    people.admin.put("/config", json={"settings": {"upload_file_mib": 1}})
    files = {"fits.png": bytes(1 << 20), "large.png": bytes((1 << 20) + 1)}
    fits, large = start(people.operator, files)["files"]
    assert fits["problem"] is None
    assert fits["send"]["headers"]["x-goog-content-length-range"] == "0,1048576"
    assert (large["problem"], large["send"]) == ("too_large", None)


def test_files_of_an_upload_are_limited_by_a_setting(people: People) -> None:
    people.admin.put("/config", json={"settings": {"upload_session_files": 3}})
    assert code(announce(people, {"files": announced(small(4))})) == (400, "too_many_files")
    session = start(people.operator, small(2))["session_id"]
    body = {"files": announced(small(2)), "session_id": session}
    assert code(announce(people, body)) == (400, "too_many_files")
    assert len(start(people.operator, small(1), session_id=session)["files"]) == 1


def test_only_operators_upload(pipeline: DesignsPipeline, people: People) -> None:
    body = {"files": announced({"a.png": png(1)})}
    session = start(people.operator, {"a.png": png(1)})["session_id"]
    for path in ("/designs/start-upload", f"/designs/finish-upload/{session}"):
        assert people.viewer.post(path, json=body if "start" in path else None).status_code == 403, path
        assert people.nobody.post(path, json=body).status_code == 401, path
    files = {"files": ("a.png", png(1), "image/png")}
    assert people.viewer.post("/designs/", files=files).status_code == 403
    assert pipeline.one("select count(*) from upload_sessions") == 1


def test_what_ended_or_never_was_is_not_added_to(pipeline: DesignsPipeline, people: People) -> None:
    ended = upload(pipeline, people.operator, {"a.png": png(1)})
    body = {"files": announced(small(1)), "session_id": ended["session_id"]}
    assert code(announce(people, body)) == (409, "upload_ended")
    body["session_id"] = str(uuid4())
    assert code(announce(people, body)) == (404, "unknown_upload")
    assert code(people.operator.post(f"/designs/finish-upload/{uuid4()}")) == (404, "unknown_upload")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../x.png", "x.png"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\x.png", "x.png"),
        ("a\0b\x1b[31m\n.png", "ab[31m.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "file"),
        ("..", "file"),
        ("x" * 5000, None),
        ("x" * 4000 + ".png", "x" * 196 + ".png"),
    ],
)
def test_no_name_is_a_path(pipeline: DesignsPipeline, people: People, given: str, shown: str | None) -> None:
    answer = announce(people, {"files": [{"filename": given, "size": len(png(1))}]})
    if shown is None:
        assert answer.status_code == 400
        return
    [told] = answer.json()["files"]
    assert told["filename"] == shown
    send(pipeline, told, png(1))
    finish(people.operator, answer.json()["session_id"])
    pipeline.drive(patience=FAR)
    prefix = f"designs/uploads/default/{answer.json()['session_id']}/"
    uploaded = [name for name in pipeline.bucket.contents if "/uploads/" in name]
    assert uploaded == [f"{prefix}000001"]
    for name in pipeline.bucket.contents:
        assert name.startswith("designs/")
        assert not {"..", ""} & set(name.split("/")), name
        assert name.isprintable()


def test_a_file_is_described_as_it_should_be(people: People) -> None:
    wrongs: list[dict[str, Any]] = [
        {"size": -1},
        {"size": 1 << 70},
        {"sha256": "abc"},
        {"sha256": "Z" * 64},
        {"media_type": "png"},
        {"media_type": "image/png\r\nX-Evil: 1"},
        {"media_type": "im\u00e4ge/png"},
        {"filename": "\ud800.png"},
        {"filename": None},
        {"more": 1},
    ]
    for wrong in wrongs:
        body = json.dumps({"files": [{"filename": "a.png", "size": 1} | wrong]})
        answer = people.operator.post("/designs/start-upload", content=body)
        assert (answer.status_code, wrong) == (400, wrong), answer.text


def test_choices_are_those_that_there_are(people: People) -> None:
    files = announced(small(1))
    assert code(announce(people, {"files": files, "choices": {"colour": "red"}})) == (400, "unknown_choice")
    assert code(announce(people, {"files": files, "choices": {"shop": 7}})) == (400, "bad_choice")
    assert code(announce(people, {"files": files, "choices": {"is_digital": "yes"}})) == (400, "bad_choice")
    assert announce(people, {"files": files, "choices": {"shop": "a\0b"}}).status_code == 200


def test_an_upload_that_nobody_goes_on_with_is_closed_after_the_minutes_that_are_set(
    pipeline: DesignsPipeline, people: People
) -> None:
    people.admin.put("/config", json={"settings": {"upload_abandoned_minutes": 10}})
    started = start(people.operator, {"a.png": png(1)})
    session = started["session_id"]
    pipeline.advance(9 * 60)
    assert sweep(pipeline.services)["uploads_abandoned"] == 0
    start(people.operator, {"b.png": png(2)}, session_id=session)  # somebody is still at it
    pipeline.advance(9 * 60)
    assert sweep(pipeline.services)["uploads_abandoned"] == 0
    pipeline.advance(2 * 60)
    assert sweep(pipeline.services)["uploads_abandoned"] == 1
    assert code(people.operator.post(f"/designs/finish-upload/{session}")) == (409, "upload_abandoned")
    assert people.viewer.get(f"/designs/progress/{session}/now").json()["state"] == "abandoned"
    assert pipeline.outcomes(pipeline.run_all()) == {}


def test_without_a_setting_of_its_own_an_upload_is_open_for_an_hour(
    pipeline: DesignsPipeline, people: People
) -> None:
    start(people.operator, {"a.png": png(1)})
    pipeline.advance(59 * 60)
    assert sweep(pipeline.services)["uploads_abandoned"] == 0
    pipeline.advance(2 * 60)
    assert sweep(pipeline.services)["uploads_abandoned"] == 1
