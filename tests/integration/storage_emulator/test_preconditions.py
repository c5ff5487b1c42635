"""Preconditions, decided atomically, with the real client."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.api_core.exceptions import NotFound, NotModified, PreconditionFailed
from google.cloud import storage

from .emulator import Emulator

WRITERS = 8


def race(write: Callable[[int], object]) -> list[int]:
    """The numbers of those writers, all starting at once, whom no precondition has stopped."""
    gate = threading.Barrier(WRITERS)

    def one(number: int) -> int | None:
        gate.wait()
        try:
            write(number)
        except PreconditionFailed:
            return None
        return number

    with ThreadPoolExecutor(WRITERS) as pool:
        return [number for number in pool.map(one, range(WRITERS)) if number is not None]


def test_of_eight_racing_creators_one_wins(bucket: storage.Bucket) -> None:
    for turn in range(5):
        name = f"object-{turn}"

        def create(number: int, name: str = name) -> None:
            bucket.blob(name).upload_from_string(f"{number}", if_generation_match=0)

        (winner,) = race(create)
        assert bucket.blob(name).download_as_text() == f"{winner}"


def test_of_eight_racing_changes_to_one_generation_one_wins(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"old")

    def change(number: int) -> None:
        bucket.blob("a").upload_from_string(f"{number}", if_generation_match=blob.generation)

    (winner,) = race(change)
    assert bucket.blob("a").download_as_text() == f"{winner}"


def test_of_eight_racing_metadata_changes_one_wins(bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string(b"x")

    def change(number: int) -> None:
        blob = bucket.blob("a")
        blob.metadata = {"writer": f"{number}"}
        blob.patch(if_metageneration_match=1)

    (winner,) = race(change)
    assert bucket.get_blob("a").metadata == {"writer": f"{winner}"}
    assert bucket.get_blob("a").metageneration == 2


def test_the_error_is_the_services_own(emulator: Emulator, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string(b"x")
    url = f"{emulator.url}/upload/storage/v1/b/{bucket.name}/o"
    query = {"uploadType": "media", "name": "a", "ifGenerationMatch": "0"}
    answer = emulator.session.post(url, params=query, data=b"y")
    message = "At least one of the pre-conditions you specified did not hold."
    assert answer.status_code == 412
    assert answer.json()["error"] == {
        "code": 412,
        "message": message,
        "errors": [
            {
                "message": message,
                "domain": "global",
                "reason": "conditionNotMet",
                "locationType": "header",
                "location": "If-Match",
            }
        ],
    }


def test_every_method_heeds_the_generation(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"x")
    other = blob.generation + 1
    target = bucket.blob("b")
    attempts: list[Callable[[], object]] = [
        lambda: blob.upload_from_string(b"y", if_generation_match=other),
        lambda: blob.upload_from_string(b"y", if_generation_not_match=blob.generation),
        lambda: blob.upload_from_string(b"y", if_metageneration_match=5),
        lambda: bucket.copy_blob(blob, bucket, "a", if_metageneration_not_match=1),
        lambda: bucket.blob("a").download_as_bytes(if_generation_match=other),
        lambda: bucket.blob("a").reload(if_generation_match=other),
        lambda: blob.patch(if_generation_match=other),
        lambda: blob.update(if_metageneration_match=5),
        lambda: blob.delete(if_generation_match=other),
        lambda: bucket.copy_blob(blob, bucket, "b", if_generation_match=other),
        lambda: bucket.copy_blob(blob, bucket, "b", if_source_generation_match=other),
        lambda: target.rewrite(blob, if_source_metageneration_match=5),
        lambda: target.rewrite(blob, if_generation_match=other),
        lambda: target.compose([blob], if_generation_match=other),
        lambda: target.compose([blob], if_source_generation_match=[other]),
        lambda: blob.reload(if_etag_match="other"),
    ]
    for attempt in attempts:
        with pytest.raises(PreconditionFailed):
            attempt()
    assert [found.name for found in bucket.list_blobs()] == ["a"]
    assert bucket.blob("a").download_as_bytes() == b"x"


def test_what_matches_is_done(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"1", if_generation_match=0)
    blob.upload_from_string(b"2", if_generation_match=blob.generation, if_metageneration_match=1)
    blob.metadata = {"x": "1"}
    blob.patch(if_generation_match=blob.generation)
    target = bucket.blob("b")
    target.rewrite(blob, if_generation_match=0, if_source_generation_match=blob.generation)
    blob.reload(if_etag_match=blob.etag)
    blob.delete(if_generation_match=blob.generation)
    assert [found.name for found in bucket.list_blobs()] == ["b"]


def test_reading_only_what_has_changed(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"x")
    with pytest.raises(NotModified):
        bucket.blob("a").reload(if_generation_not_match=blob.generation)
    with pytest.raises(NotModified):
        bucket.blob("a").download_as_bytes(if_etag_not_match=blob.etag)
    assert bucket.blob("a").download_as_bytes(if_generation_not_match=1) == b"x"


def test_an_object_that_is_not_there_is_missing_rather_than_unmatched(bucket: storage.Bucket) -> None:
    with pytest.raises(NotFound):
        bucket.blob("a").delete(if_generation_match=5)
    with pytest.raises(NotFound):
        bucket.blob("a").reload(if_generation_match=0)


def test_calls_in_a_batch_heed_them_too(client: storage.Client, bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"x")
    with client.batch(raise_exception=False) as batch:
        blob.delete(if_generation_match=1)
        blob.delete(if_generation_match=blob.generation)
    assert [answer.status_code for answer in batch._responses] == [412, 204]
