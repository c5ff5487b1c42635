"""Planted faults, met by the real client with its own retries."""

import time

import pytest
from google.api_core.exceptions import ServiceUnavailable, TooManyRequests
from google.cloud import storage
from google.cloud.storage.retry import DEFAULT_RETRY
from requests.exceptions import ChunkedEncodingError, ConnectionError

from .emulator import Emulator

QUICKLY = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.02)


def test_the_client_outlasts_a_service_that_is_down(emulator: Emulator, bucket: storage.Bucket) -> None:
    emulator.plant("storage.insert", "status", bucket=bucket.name, times=2, status=503)
    bucket.blob("a").upload_from_string(b"x", retry=QUICKLY)
    assert emulator.struck(bucket.name) == 2
    assert bucket.blob("a").download_as_bytes() == b"x"


def test_a_status_fault_does_nothing_else(emulator: Emulator, bucket: storage.Bucket) -> None:
    emulator.plant("storage.insert", "status", bucket=bucket.name, status=429)
    with pytest.raises(TooManyRequests, match="rate limit"):
        bucket.blob("a").upload_from_string(b"x" * 3_000_000, retry=None)
    assert not bucket.blob("a").exists()
    for operation, call in {
        "storage.list": lambda: list(bucket.list_blobs(retry=None)),
        "storage.delete": lambda: bucket.blob("a").delete(retry=None),
        "storage.patch": lambda: bucket.blob("a").patch(retry=None),
        "storage.get": lambda: bucket.blob("a").download_as_bytes(retry=None),
    }.items():
        emulator.plant(operation, "status", bucket=bucket.name, status=503)
        with pytest.raises(ServiceUnavailable):
            call()
    assert emulator.struck(bucket.name) == 5


def test_a_dropped_answer_hides_work_that_was_done(emulator: Emulator, bucket: storage.Bucket) -> None:
    emulator.plant("storage.insert", "drop", bucket=bucket.name)
    with pytest.raises(ConnectionError):
        bucket.blob("a").upload_from_string(b"x", if_generation_match=0, retry=None)
    assert bucket.blob("a").download_as_bytes() == b"x"


def test_a_truncated_download_is_completed_by_the_client(emulator: Emulator, bucket: storage.Bucket) -> None:
    data = bytes(range(256)) * 4000
    blob = bucket.blob("a")
    blob.upload_from_string(data)
    emulator.plant("storage.get", "truncate", bucket=bucket.name)
    assert blob.download_as_bytes(retry=QUICKLY) == data
    emulator.plant("storage.get", "truncate", bucket=bucket.name)
    with pytest.raises(ChunkedEncodingError, match="512000 bytes read, 512000 more expected"):
        blob.download_as_bytes(retry=None)
    assert emulator.struck(bucket.name) == 2


def test_an_upload_that_is_cut_leaves_nothing(emulator: Emulator, bucket: storage.Bucket) -> None:
    emulator.plant("storage.insert", "cut", bucket=bucket.name, after=500_000)
    with pytest.raises(ConnectionError):
        bucket.blob("a").upload_from_string(b"x" * 3_000_000, retry=None)
    assert not bucket.blob("a").exists()


def test_a_delay_only_takes_time(emulator: Emulator, bucket: storage.Bucket) -> None:
    emulator.plant("storage.list", "delay", bucket=bucket.name, seconds=0.2)
    begun = time.monotonic()
    assert list(bucket.list_blobs()) == []
    assert time.monotonic() - begun >= 0.2


def test_a_call_within_a_batch_is_struck_alone(
    emulator: Emulator, client: storage.Client, bucket: storage.Bucket
) -> None:
    blobs = [bucket.blob("a"), bucket.blob("b")]
    for blob in blobs:
        blob.upload_from_string(b"x")
    emulator.plant("storage.delete", "status", bucket=bucket.name, status=503)
    with client.batch(raise_exception=False) as batch:
        for blob in blobs:
            blob.delete()
    assert [answer.status_code for answer in batch._responses] == [503, 204]
