"""Objects, with the real client: writing, reading, changing, listing, copying."""

import base64
import gzip
import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import google_crc32c
import pytest
import requests
from google.api_core.exceptions import BadRequest, MethodNotImplemented, NotFound, RequestRangeNotSatisfiable
from google.cloud import storage

from .emulator import Emulator

DATA = bytes(range(256)) * 40 + b"\r\n--\n\r\n"


def written(bucket: storage.Bucket, name: str, data: bytes = DATA, **options: Any) -> storage.Blob:
    blob = bucket.blob(name)
    blob.upload_from_string(data, **options)
    return blob


def names(bucket: storage.Bucket) -> list[str]:
    return [blob.name for blob in bucket.list_blobs()]


@pytest.mark.parametrize(
    "name", ["a", "a/b/c.png", "ü+%2F &?#=.txt", "-", "o/x/rewriteTo/b/y/o/z", "'\"\t日本"]
)
def test_bytes_come_back_under_any_name(bucket: storage.Bucket, name: str) -> None:
    written(bucket, name)
    assert bucket.blob(name).download_as_bytes() == DATA
    assert names(bucket) == [name]


def test_an_object_tells_its_checksums_versions_and_times(bucket: storage.Bucket) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    blob = bucket.blob("a")
    blob.metadata = {"effect": "7", "note": "grün"}
    blob.cache_control, blob.content_disposition = "no-cache", "attachment"
    blob.upload_from_string(DATA, content_type="image/png")
    found = bucket.get_blob("a")
    assert found.md5_hash == base64.b64encode(hashlib.md5(DATA).digest()).decode()
    assert found.crc32c == base64.b64encode(google_crc32c.value(DATA).to_bytes(4, "big")).decode()
    assert (found.size, found.metageneration, found.content_type) == (len(DATA), 1, "image/png")
    assert (found.cache_control, found.content_disposition) == ("no-cache", "attachment")
    assert found.metadata == {"effect": "7", "note": "grün"}
    assert found.generation == blob.generation > 0
    assert found.etag == blob.etag
    assert found.time_created == found.updated >= before
    assert found.id == f"{bucket.name}/a/{found.generation}"


def test_an_overwrite_is_a_new_generation(bucket: storage.Bucket) -> None:
    first = written(bucket, "a", b"1").generation
    second = written(bucket, "a", b"2").generation
    assert second > first
    assert bucket.blob("a").download_as_bytes() == b"2"
    with pytest.raises(NotFound):
        bucket.blob("a", generation=first).download_as_bytes()


def test_an_empty_object_is_an_object(bucket: storage.Bucket) -> None:
    written(bucket, "empty", b"")
    assert bucket.get_blob("empty").size == 0
    assert bucket.blob("empty").download_as_bytes() == b""


def test_a_missing_object_is_not_found(bucket: storage.Bucket) -> None:
    blob = bucket.blob("missing")
    assert not blob.exists()
    for call in (blob.download_as_bytes, blob.reload, blob.delete, blob.patch):
        with pytest.raises(NotFound, match=f"No such object: {bucket.name}/missing"):
            call()


def test_simple_upload_takes_the_body_as_it_is(emulator: Emulator, bucket: storage.Bucket) -> None:
    url = f"{emulator.url}/upload/storage/v1/b/{bucket.name}/o"
    query = {"uploadType": "media", "name": "a b"}
    answer = emulator.session.post(url, params=query, data=DATA, headers={"Content-Type": "text/css"})
    assert answer.json()["contentType"] == "text/css"
    assert bucket.blob("a b").download_as_bytes() == DATA


def test_bytes_that_changed_on_the_way_are_refused(bucket: storage.Bucket) -> None:
    wrong = bucket.blob("a")
    wrong.md5_hash = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with pytest.raises(BadRequest, match="doesn't match calculated MD5 hash"):
        wrong.upload_from_string(DATA, checksum=None)
    wrong = bucket.blob("a")
    wrong.crc32c = "AAAAAA=="
    with pytest.raises(BadRequest, match="doesn't match calculated CRC32C"):
        wrong.upload_from_string(DATA, checksum=None)
    assert names(bucket) == []


@pytest.mark.parametrize("checksum", ["md5", "crc32c", "auto"])
def test_the_clients_own_checksums_fit(bucket: storage.Bucket, checksum: str) -> None:
    written(bucket, "a", checksum=checksum)
    assert bucket.blob("a").download_as_bytes(checksum=checksum) == DATA


def test_a_part_of_an_object_can_be_read(bucket: storage.Bucket) -> None:
    blob = written(bucket, "a", b"0123456789")
    assert blob.download_as_bytes(start=2, end=4) == b"234"
    assert blob.download_as_bytes(start=7) == b"789"
    assert blob.download_as_bytes(start=-3) == b"789"
    with pytest.raises(RequestRangeNotSatisfiable):
        blob.download_as_bytes(start=10)
    with blob.open("rb", chunk_size=4) as stream:
        assert stream.read(3) + stream.read() == b"0123456789"


def test_a_stored_gzip_is_undone_for_those_who_cannot_read_it(
    emulator: Emulator, bucket: storage.Bucket
) -> None:
    blob = bucket.blob("a.txt")
    blob.content_encoding = "gzip"
    packed = gzip.compress(DATA)
    blob.upload_from_string(packed)
    assert blob.download_as_bytes() == DATA
    assert blob.download_as_bytes(raw_download=True) == packed
    plain = emulator.session.get(blob.media_link, headers={"Accept-Encoding": "identity"})
    assert plain.content == DATA
    assert "Content-Encoding" not in plain.headers


def test_metadata_is_merged_and_removed(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.metadata = {"keep": "1", "drop": "2"}
    blob.upload_from_string(DATA)
    blob.metadata = {"drop": None, "new": "3"}
    blob.patch()
    found = bucket.get_blob("a")
    assert found.metadata == {"keep": "1", "new": "3"}
    assert (found.metageneration, found.generation) == (2, blob.generation)
    assert found.updated > found.time_created
    assert found.download_as_bytes() == DATA


def test_an_update_replaces_all_settings(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.metadata, blob.cache_control = {"a": "1"}, "no-store"
    blob.upload_from_string(DATA)
    blob.metadata, blob.cache_control = {"b": "2"}, None
    blob.update()
    found = bucket.get_blob("a")
    assert (found.metadata, found.cache_control) == ({"b": "2"}, None)


def test_prefix_delimiter_and_pages(client: storage.Client, bucket: storage.Bucket) -> None:
    for name in ("a/1", "a/2", "a/b/3", "c", "d/4"):
        written(bucket, name, b"x")
    assert [blob.name for blob in bucket.list_blobs(prefix="a/")] == ["a/1", "a/2", "a/b/3"]
    flat = bucket.list_blobs(delimiter="/")
    assert [blob.name for blob in flat] == ["c"]
    assert flat.prefixes == {"a/", "d/"}
    pages = client.list_blobs(bucket, page_size=2).pages
    assert [[blob.name for blob in page] for page in pages] == [["a/1", "a/2"], ["a/b/3", "c"], ["d/4"]]
    assert [blob.name for blob in bucket.list_blobs(start_offset="a/b", end_offset="d")] == ["a/b/3", "c"]
    assert len(list(bucket.list_blobs(max_results=3))) == 3
    partial = list(bucket.list_blobs(fields="items(name),nextPageToken", max_results=1))
    assert (partial[0].name, partial[0].size) == ("a/1", None)


def test_a_copy_has_bytes_and_settings_of_its_source(bucket: storage.Bucket, client: storage.Client) -> None:
    source = bucket.blob("a")
    source.metadata = {"x": "1"}
    source.upload_from_string(DATA, content_type="image/png")
    other = client.create_bucket(f"{bucket.name}-2")
    copy = bucket.copy_blob(source, other, "b/copy")
    source.delete()
    assert (copy.metadata, copy.content_type, copy.md5_hash) == ({"x": "1"}, "image/png", source.md5_hash)
    assert copy.download_as_bytes() == DATA


def test_a_rewrite_may_give_other_settings(bucket: storage.Bucket) -> None:
    source = written(bucket, "a", content_type="image/png")
    target = bucket.blob("b")
    target.metadata = {"new": "1"}
    target.content_type = "text/plain"
    assert target.rewrite(source) == (None, len(DATA), len(DATA))
    found = bucket.get_blob("b")
    assert (found.metadata, found.content_type) == ({"new": "1"}, "text/plain")
    renamed = bucket.rename_blob(found, "c")
    assert renamed.download_as_bytes() == DATA
    assert names(bucket) == ["a", "c"]


def test_a_rewrite_onto_itself_changes_the_storage_class(bucket: storage.Bucket) -> None:
    blob = written(bucket, "a")
    blob.update_storage_class("COLDLINE")
    found = bucket.get_blob("a")
    assert found.storage_class == "COLDLINE"
    assert found.download_as_bytes() == DATA


def test_objects_are_composed_in_their_order(bucket: storage.Bucket) -> None:
    parts = [written(bucket, name, name.encode() * 1000) for name in ("x", "y", "z")]
    whole = bucket.blob("whole")
    whole.content_type = "text/plain"
    whole.compose(parts)
    assert whole.download_as_bytes() == b"x" * 1000 + b"y" * 1000 + b"z" * 1000
    found = bucket.get_blob("whole")
    assert (found.component_count, found.md5_hash, found.content_type) == (3, None, "text/plain")
    whole.compose([whole, parts[0]])
    assert bucket.get_blob("whole").component_count == 4
    with pytest.raises(NotFound):
        whole.compose([bucket.blob("missing")])


def test_a_batch_answers_each_call(client: storage.Client, bucket: storage.Bucket) -> None:
    blobs = [written(bucket, f"a/ü {number}", b"x") for number in range(4)]
    with client.batch(raise_exception=False) as batch:
        blobs[0].delete()
        blobs[1].metadata = {"in": "batch"}
        blobs[1].patch()
        bucket.delete_blob("missing")
    assert [answer.status_code for answer in batch._responses] == [204, 200, 404]
    assert blobs[1].metageneration == 2
    with pytest.raises(NotFound, match="No such object"), client.batch():
        bucket.delete_blob("missing")
    bucket.delete_blobs(blobs[1:])
    assert names(bucket) == []


def test_a_stream_of_unknown_length_is_written(bucket: storage.Bucket) -> None:
    data = os.urandom(700_000)
    with bucket.blob("a").open("wb", chunk_size=256 * 1024) as stream:
        for start in range(0, len(data), 50_000):
            stream.write(data[start : start + 50_000])
    assert bucket.blob("a").download_as_bytes() == data


def test_a_custom_time_is_a_moment(emulator: Emulator, bucket: storage.Bucket) -> None:
    blob = written(bucket, "a")
    blob.custom_time = datetime(2030, 1, 2, tzinfo=UTC)
    blob.patch()
    assert bucket.get_blob("a").custom_time == datetime(2030, 1, 2, tzinfo=UTC)
    url = f"{emulator.url}/storage/v1/b/{bucket.name}/o/a"
    assert emulator.session.patch(url, json={"customTime": "tomorrow"}).status_code == 400


@pytest.mark.parametrize("name", ["a\nb", "..", "x" * 1025, ".well-known/acme-challenge/x"])
def test_an_object_name_follows_the_rules(bucket: storage.Bucket, name: str) -> None:
    with pytest.raises(BadRequest, match="object name"):
        written(bucket, name)


def test_what_is_not_covered_says_so(bucket: storage.Bucket) -> None:
    blob = written(bucket, "a")
    blob.temporary_hold = True
    with pytest.raises(MethodNotImplemented, match="temporaryHold"):
        blob.patch()
    with pytest.raises(MethodNotImplemented, match="acl"):
        bucket.blob("a").make_public()
    with pytest.raises(MethodNotImplemented, match="matchGlob"):
        list(bucket.list_blobs(match_glob="**"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/storage/v1/nonsense", b"", 404),
        ("POST", "/storage/v1/b/{bucket}", b"", 405),
        ("POST", "/storage/v1/b", b"{", 400),
        ("POST", "/storage/v1/b", b"[]", 400),
        ("POST", "/upload/storage/v1/b/{bucket}/o", b"", 400),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=media", b"x", 400),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=multipart", b"x", 400),
        ("GET", "/storage/v1/b/{bucket}/o?pageToken=x", b"", 400),
        ("GET", "/storage/v1/b/{bucket}/o/a?generation=x", b"", 400),
    ],
)
def test_a_request_that_makes_no_sense_gets_the_services_error_document(
    emulator: Emulator, bucket: storage.Bucket, method: str, path: str, body: bytes, status: int
) -> None:
    answer = emulator.session.request(method, emulator.url + path.format(bucket=bucket.name), data=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == status
    assert error["errors"][0]["message"] == error["message"]


def test_a_broken_multipart_body_leaves_nothing(emulator: Emulator, bucket: storage.Bucket) -> None:
    url = f"{emulator.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=multipart"
    body = b'--b\r\n\r\n{"name": "a"}\r\n--b\r\n\r\ncontent without an end'
    answer = requests.post(url, data=body, headers={"Content-Type": "multipart/related; boundary=b"})
    assert answer.status_code == 400
    assert names(bucket) == []


def test_a_large_object_needs_little_memory(
    emulator: Emulator, bucket: storage.Bucket, resident: Callable[[int], int]
) -> None:
    size = 48 << 20
    block = os.urandom(1 << 20)
    before = resident(emulator.process.pid)
    url = f"{emulator.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=large"
    emulator.session.post(url, data=(block for _ in range(size >> 20))).raise_for_status()
    digest = hashlib.md5()
    with emulator.session.get(bucket.blob("large")._get_download_url(bucket.client), stream=True) as answer:
        for piece in answer.iter_content(1 << 20):
            digest.update(piece)
    assert digest.digest() == hashlib.md5(block * (size >> 20)).digest()
    assert resident(emulator.process.pid) - before < size / 3


@pytest.fixture
def resident() -> Callable[[int], int]:
    """Bytes of memory a process holds."""
    import psutil

    return lambda pid: psutil.Process(pid).memory_info().rss


def test_reading_goes_on_while_the_object_is_replaced(emulator: Emulator, bucket: storage.Bucket) -> None:
    old = os.urandom(3 << 20)
    blob = written(bucket, "a", old)
    with emulator.session.get(blob.media_link, stream=True) as answer:
        beginning = answer.raw.read(1000)
        written(bucket, "a", b"new")
        assert beginning + answer.raw.read() == old
    assert bucket.blob("a").download_as_bytes() == b"new"


def test_upload_from_a_file_object(bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_file(io.BytesIO(DATA), content_type="application/x")
    assert bucket.get_blob("a").content_type == "application/x"
