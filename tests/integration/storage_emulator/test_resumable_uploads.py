"""Resumable uploads: by the real client, and step by step as the protocol has them."""

import base64
import io
import os
import re
import time

import google_crc32c
import pytest
import requests
from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud import storage

from infra.local.clock import SharedClock

from .emulator import Emulator

BLOCK = 256 * 1024


def session_url(bucket: storage.Bucket, name: str = "a", **options: object) -> str:
    url = bucket.blob(name).create_resumable_upload_session(content_type="image/png", **options)
    assert isinstance(url, str)
    return url


def put(url: str, data: bytes, content_range: str, **headers: str) -> requests.Response:
    return requests.put(url, data=data, headers={"Content-Range": content_range, **headers})


def test_the_client_uploads_in_chunks(bucket: storage.Bucket) -> None:
    data = os.urandom(5 * BLOCK + 17)
    blob = bucket.blob("a", chunk_size=2 * BLOCK)
    blob.metadata = {"x": "1"}
    blob.upload_from_file(io.BytesIO(data), content_type="image/png", if_generation_match=0)
    found = bucket.get_blob("a")
    assert (found.size, found.content_type, found.metadata) == (len(data), "image/png", {"x": "1"})
    assert found.download_as_bytes() == data
    with pytest.raises(PreconditionFailed):
        blob.upload_from_file(io.BytesIO(data), if_generation_match=0)


def test_the_state_can_be_asked_for_at_any_time(bucket: storage.Bucket) -> None:
    url, data = session_url(bucket), os.urandom(3 * BLOCK)
    asked = put(url, b"", "bytes */*")
    assert (asked.status_code, "Range" in asked.headers) == (308, False)
    sent = put(url, data[: 2 * BLOCK], f"bytes 0-{2 * BLOCK - 1}/*")
    asked = put(url, b"", f"bytes */{3 * BLOCK}")
    assert sent.status_code == asked.status_code == 308
    assert sent.headers["Range"] == asked.headers["Range"] == f"bytes=0-{2 * BLOCK - 1}"
    assert not bucket.blob("a").exists(), "nothing is visible before the end"
    done = put(url, data[2 * BLOCK :], f"bytes {2 * BLOCK}-{3 * BLOCK - 1}/{3 * BLOCK}")
    assert (done.status_code, done.json()["size"]) == (200, str(3 * BLOCK))
    assert bucket.blob("a").download_as_bytes() == data


def test_a_finished_upload_answers_with_its_object_again(bucket: storage.Bucket) -> None:
    url = session_url(bucket)
    first = put(url, b"abc", "bytes 0-2/3").json()
    assert put(url, b"", "bytes */3").json() == first
    assert put(url, b"abc", "bytes 0-2/3").json() == first


def test_whole_and_empty_objects_go_in_one_request(bucket: storage.Bucket) -> None:
    assert requests.put(session_url(bucket, "whole"), data=b"abc").json()["size"] == "3"
    assert put(session_url(bucket, "empty"), b"", "bytes */0").json()["size"] == "0"
    assert bucket.blob("whole").download_as_bytes() == b"abc"


def test_a_chunk_counts_in_whole_blocks_only(bucket: storage.Bucket) -> None:
    url, data = session_url(bucket), os.urandom(2 * BLOCK)
    sent = put(url, data[: BLOCK + 100], f"bytes 0-{BLOCK + 99}/*")
    assert sent.headers["Range"] == f"bytes=0-{BLOCK - 1}"
    done = put(url, data[BLOCK:], f"bytes {BLOCK}-{2 * BLOCK - 1}/{2 * BLOCK}")
    assert done.status_code == 200
    assert bucket.blob("a").download_as_bytes() == data


def test_bytes_sent_twice_are_kept_once(bucket: storage.Bucket) -> None:
    url, data = session_url(bucket), os.urandom(2 * BLOCK)
    put(url, data[:BLOCK], f"bytes 0-{BLOCK - 1}/*")
    assert put(url, data, f"bytes 0-{2 * BLOCK - 1}/{2 * BLOCK}").status_code == 200
    assert bucket.blob("a").download_as_bytes() == data


def test_a_gap_is_refused(bucket: storage.Bucket) -> None:
    answer = put(session_url(bucket), b"x" * BLOCK, f"bytes {BLOCK}-{2 * BLOCK - 1}/*")
    assert answer.status_code == 503
    assert "exceeds already uploaded size of 0 byte(s)" in answer.json()["error"]["message"]


def test_a_chunk_of_another_length_than_it_says_is_refused(bucket: storage.Bucket) -> None:
    assert put(session_url(bucket), b"abc", "bytes 0-9/10").status_code == 400
    assert put(session_url(bucket), b"abc", "nonsense").status_code == 400


def test_after_a_cut_the_client_goes_on_where_the_service_stands(
    emulator: Emulator, bucket: storage.Bucket
) -> None:
    url, data = session_url(bucket), os.urandom(4 * BLOCK)
    emulator.plant("storage.resumable.write", "cut", bucket=bucket.name, after=2 * BLOCK + 5000)
    with pytest.raises(requests.ConnectionError):
        put(url, data, f"bytes 0-{4 * BLOCK - 1}/{4 * BLOCK}")
    assert emulator.struck(bucket.name) == 1
    kept = re.fullmatch(r"bytes=0-(\d+)", put(url, b"", "bytes */*").headers["Range"])
    assert kept is not None
    start = int(kept[1]) + 1
    assert start == 2 * BLOCK
    assert put(url, data[start:], f"bytes {start}-{4 * BLOCK - 1}/{4 * BLOCK}").status_code == 200
    assert bucket.blob("a").download_as_bytes() == data


def test_a_wrong_checksum_ends_the_upload(bucket: storage.Bucket) -> None:
    url = session_url(bucket)
    right = base64.b64encode(google_crc32c.value(b"abc").to_bytes(4, "big")).decode()
    wrong = put(url, b"abc", "bytes 0-2/3", **{"x-goog-hash": "crc32c=AAAAAA=="})
    assert wrong.status_code == 400
    assert "doesn't match calculated CRC32C" in wrong.json()["error"]["message"]
    assert put(url, b"", "bytes */3").status_code == 404
    again = put(session_url(bucket), b"abc", "bytes 0-2/3", **{"x-goog-hash": f"crc32c={right}"})
    assert again.status_code == 200


def test_preconditions_are_decided_at_the_end(bucket: storage.Bucket) -> None:
    url = session_url(bucket, if_generation_match=0)
    bucket.blob("a").upload_from_string(b"somebody was faster")
    assert put(url, b"abc", "bytes 0-2/3").status_code == 412
    with pytest.raises(PreconditionFailed):
        session_url(bucket, if_generation_match=0)


def test_an_upload_can_be_cancelled(bucket: storage.Bucket) -> None:
    url = session_url(bucket)
    assert requests.delete(url).status_code == 499
    assert put(url, b"abc", "bytes 0-2/3").status_code == 404
    with pytest.raises(NotFound):
        bucket.blob("a").reload()


def test_the_state_tells_an_upload_that_was_acknowledged_to_nobody(
    emulator: Emulator, bucket: storage.Bucket
) -> None:
    url = session_url(bucket)
    emulator.plant("storage.resumable.write", "drop", bucket=bucket.name)
    with pytest.raises(requests.ConnectionError):
        put(url, b"abc", "bytes 0-2/3")
    assert put(url, b"", "bytes */3").json()["size"] == "3"


def test_a_session_lasts_a_week(bucket: storage.Bucket, clock: SharedClock) -> None:
    url = session_url(bucket)
    clock.set_offset(clock.offset() + 6.9 * 24 * 3600)
    assert put(url, b"", "bytes */*").status_code == 308
    clock.set_offset(clock.offset() + 0.2 * 24 * 3600)
    deadline = time.monotonic() + 5  # the emulator looks at the clock every few milliseconds
    while put(url, b"", "bytes */*").status_code == 308:
        assert time.monotonic() < deadline
    assert put(url, b"", "bytes */*").status_code == 404
