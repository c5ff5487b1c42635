"""A file is known by its SHA-256 once we have read it ourselves; nobody's word makes it so."""

from tests.integration.api.conftest import People
from tests.integration.designs_api.sending import announced, finish, send, sha256, start, upload
from tests.support.designs import FAR, DesignsPipeline, png


def test_a_file_that_was_read_is_not_asked_for_again_whatever_it_is_called(
    pipeline: DesignsPipeline, people: People
) -> None:
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    started = start(people.operator, {"another name.png": png(1), "b.png": png(2)})
    known, new = started["files"]
    assert (known["known"], known["send"]) == (True, None)
    assert (new["known"], new["send"] is not None) == (False, True)
    send(pipeline, new, png(2))
    ended = finish(people.operator, started["session_id"])
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"another name.png": "duplicate", "b.png": "no_shop"}


def test_what_was_only_announced_is_not_known_and_what_was_refused_is(
    pipeline: DesignsPipeline, people: People
) -> None:
    files = {"never sent.png": png(1), "no picture.png": b"no pixels", "a.png": png(2)}
    first = start(people.operator, files)
    send(pipeline, first["files"][1], files["no picture.png"])
    send(pipeline, first["files"][2], files["a.png"])
    finish(people.operator, first["session_id"])
    assert [told["known"] for told in start(people.operator, files)["files"]] == [False] * 3
    pipeline.drive(patience=FAR)
    assert [told["known"] for told in start(people.operator, files)["files"]] == [False, True, True]


def test_a_lie_about_what_a_file_holds_gains_nothing(pipeline: DesignsPipeline, people: People) -> None:
    """Said to be another file of the same size, it is that file's copy; what it really holds is not even taken."""
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    lie = [{"filename": "lie.png", "size": len(png(1)), "sha256": sha256(png(1))}]
    started = people.operator.post("/designs/start-upload", json={"files": lie}).json()
    assert started["files"][0]["send"] is None
    ended = finish(people.operator, started["session_id"])
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"lie.png": "duplicate"}
    assert len(pipeline.designs()) == 1


def test_another_size_is_another_file(pipeline: DesignsPipeline, people: People) -> None:
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    other = [{"filename": "a.png", "size": len(png(1)) + 1, "sha256": sha256(png(1))}]
    [told] = people.operator.post("/designs/start-upload", json={"files": other}).json()["files"]
    assert not told["known"]


def test_a_file_sent_under_anothers_hash_does_not_stand_for_it(
    pipeline: DesignsPipeline, people: People
) -> None:
    """Sent first, it is read, and known by what it holds: whoever comes with the real one is asked to send it."""
    real, false = png(1), png(2)
    lie = [{"filename": "false.png", "size": len(false), "sha256": sha256(real)}]
    started = people.operator.post("/designs/start-upload", json={"files": lie}).json()
    send(pipeline, started["files"][0], false)
    finish(people.operator, started["session_id"])
    pipeline.drive(patience=FAR)
    [told] = start(people.operator, {"real.png": real})["files"]
    assert not told["known"]
    [told] = start(people.operator, {"false.png": false})["files"]
    assert told["known"]
    assert pipeline.one("select file_hash from upload_files order by id limit 1") == sha256(false)


def test_another_tenants_file_is_not_known(pipeline: DesignsPipeline, people: People) -> None:
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    [told] = start(people.stranger, {"a.png": png(1)})["files"]
    assert not told["known"]
    assert told["send"] is not None


def test_a_file_known_from_a_library_is_held_against_it(pipeline: DesignsPipeline, people: People) -> None:
    upload(pipeline, people.operator, {"a.png": png(1)}, reference=True)
    pipeline.drive(patience=FAR)
    ended = upload(pipeline, people.operator, {"again.png": png(1)})
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"again.png": "duplicate"}


def test_clients_that_say_no_hash_send_their_files(pipeline: DesignsPipeline, people: People) -> None:
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    body = {"files": announced({"a.png": png(1)}, hashed=False)}
    [told] = people.operator.post("/designs/start-upload", json=body).json()["files"]
    assert told["send"] is not None
