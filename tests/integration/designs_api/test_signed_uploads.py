"""Files straight to Cloud Storage: what is signed is what may be sent, and nothing else."""

from pathlib import Path

import httpx

from common.client import Shelfline
from common.objects.cloud_storage import CloudStorageObjects
from tests.integration.api.conftest import People
from tests.integration.designs_api.sending import finish, put, start
from tests.support.designs import FAR, DesignsPipeline, png
from tests.support.emulators import Emulator

MIB = 1 << 20


def the_client(people: People) -> Shelfline:
    """The client of the command line, as the operator."""
    bearer = people.operator.headers["Authorization"].removeprefix("Bearer ")
    return Shelfline(str(people.operator.base_url), bearer)


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Files in a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def test_a_folder_goes_to_storage_and_through_the_flow(
    pipeline: DesignsPipeline, people: People, cloud: CloudStorageObjects, tmp_path: Path
) -> None:
    files = written(tmp_path, {"a.png": png(1), "b.png": png(2), "empty.png": b""})
    with the_client(people) as client:
        ended = client.upload(files)
    assert (ended["stored"], ended["missing"], ended["sent"], ended["problems"]) == (3, 0, 3, [])
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {
        "a.png": "no_shop",
        "b.png": "no_shop",
        "empty.png": "zero_bytes",
    }
    assert len([each for each in cloud.list("designs/") if "/uploads/" not in each.name]) == 2


def test_what_was_read_is_not_sent_again_and_is_told_of(
    pipeline: DesignsPipeline, people: People, cloud: CloudStorageObjects, tmp_path: Path
) -> None:
    files = written(tmp_path, {"a.png": png(1), "b.png": png(2)})
    with the_client(people) as client:
        client.upload(files[:1])
        pipeline.drive(patience=FAR)
        ended = client.upload(files)
    assert (ended["sent"], ended["known"], ended["stored"]) == (1, 1, 2)
    assert len(list(cloud.list("designs/uploads/"))) == 2
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"a.png": "duplicate", "b.png": "no_shop"}


def test_storage_itself_refuses_a_file_that_is_larger_than_allowed(
    people: People, cloud: CloudStorageObjects
) -> None:
    people.admin.put("/config", json={"settings": {"upload_file_mib": 1}})
    started = start(people.operator, {"a.png": b"said to be small"})
    assert put(started["files"][0], bytes(MIB + 1)).status_code == 400
    assert list(cloud.list("designs/")) == []
    ended = finish(people.operator, started["session_id"])
    assert (ended["stored"], ended["missing"]) == (0, 1)


def test_storage_itself_refuses_another_type_another_method_and_another_name(
    people: People, cloud: CloudStorageObjects
) -> None:
    send = start(people.operator, {"a.png": png(1)})["files"][0]["send"]
    other_type = {**send["headers"], "Content-Type": "text/html"}
    assert httpx.put(send["url"], headers=other_type, content=b"x").status_code == 403
    assert httpx.get(send["url"], headers=send["headers"]).status_code == 403
    other_name = send["url"].replace("000001", "000002")
    assert httpx.put(other_name, headers=send["headers"], content=b"x").status_code == 403
    without = {name: value for name, value in send["headers"].items() if "generation" not in name}
    assert httpx.put(send["url"], headers=without, content=b"x").status_code == 400
    assert list(cloud.list("designs/")) == []


def test_a_file_cannot_be_replaced_once_it_was_sent(
    pipeline: DesignsPipeline, people: People, cloud: CloudStorageObjects
) -> None:
    """Between finish and hash, or after it was read and is known by what it held."""
    started = start(people.operator, {"a.png": png(1)})
    [told] = started["files"]
    assert put(told, png(1)).status_code == 200
    run = finish(people.operator, started["session_id"])["run_id"]
    assert put(told, png(2)).status_code == 412
    pipeline.drive(patience=FAR)
    assert put(told, b"something else").status_code == 412
    assert pipeline.outcomes(run) == {"a.png": "no_shop"}
    assert cloud.get(pipeline.designs()[0].object_name) == png(1)


def test_what_arrives_after_the_end_changes_nothing(
    pipeline: DesignsPipeline, people: People, cloud: CloudStorageObjects
) -> None:
    started = start(people.operator, {"late.png": png(1), "b.png": png(2)})
    assert put(started["files"][1], png(2)).status_code == 200
    ended = finish(people.operator, started["session_id"])
    assert (
        put(started["files"][0], png(1)).status_code == 200
    )  # storage knows nothing of uploads that have ended
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"late.png": "bad_data", "b.png": "no_shop"}
    assert finish(people.operator, started["session_id"]) == ended


def test_a_moment_without_storage_is_waited_out(
    people: People, cloud: CloudStorageObjects, storage_emulator: Emulator, tmp_path: Path
) -> None:
    storage_emulator.plant("storage.insert", "status", times=2, status=503)
    with the_client(people) as client:
        ended = client.upload(written(tmp_path, {"a.png": png(1)}))
    assert (ended["stored"], ended["problems"]) == (1, [])


def test_a_file_whose_answer_was_lost_counts_as_sent(
    people: People, cloud: CloudStorageObjects, storage_emulator: Emulator, tmp_path: Path
) -> None:
    storage_emulator.plant("storage.insert", "drop")
    with the_client(people) as client:
        ended = client.upload(written(tmp_path, {"a.png": png(1)}))
    assert (ended["sent"], ended["stored"], ended["problems"]) == (1, 1, [])


def test_one_file_that_storage_refuses_stops_no_other(
    pipeline: DesignsPipeline,
    people: People,
    cloud: CloudStorageObjects,
    storage_emulator: Emulator,
    tmp_path: Path,
) -> None:
    storage_emulator.plant("storage.insert", "status", status=403)
    files = written(tmp_path, {"a.png": png(1), "b.png": png(2)})
    with the_client(people) as client:
        ended = client.upload(files)
    assert ended["problems"] == [{"file": str(files[0]), "problem": "refused_by_storage"}]
    assert (ended["sent"], ended["stored"], ended["missing"]) == (1, 1, 1)
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"a.png": "bad_data", "b.png": "no_shop"}
