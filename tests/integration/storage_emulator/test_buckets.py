"""Buckets, with the real client."""

import uuid

import pytest
from google.api_core.exceptions import (
    BadRequest,
    Conflict,
    MethodNotImplemented,
    NotFound,
    PreconditionFailed,
)
from google.cloud import storage


def test_a_bucket_is_created_once(client: storage.Client, bucket: storage.Bucket) -> None:
    assert client.get_bucket(bucket.name).time_created == bucket.time_created
    assert bucket.exists()
    with pytest.raises(Conflict, match="you already own it"):
        client.create_bucket(bucket.name)


def test_a_bucket_that_is_not_there_is_not_found(client: storage.Client) -> None:
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        client.get_bucket("missing-bucket")
    assert not client.bucket("missing-bucket").exists()
    with pytest.raises(NotFound):
        list(client.list_blobs("missing-bucket"))
    with pytest.raises(NotFound):
        client.bucket("missing-bucket").blob("a").upload_from_string(b"")


@pytest.mark.parametrize("name", ["Upper-Case", "ab", "dot..dot", "google-things", "x" * 64])
def test_a_bucket_name_follows_the_rules(client: storage.Client, name: str) -> None:
    with pytest.raises(BadRequest, match="Invalid bucket name"):
        client.create_bucket(name)


def test_settings_are_kept_and_merged(client: storage.Client, bucket: storage.Bucket) -> None:
    bucket.labels = {"team": "a", "old": "x"}
    bucket.storage_class = "NEARLINE"
    bucket.patch()
    again = client.get_bucket(bucket.name)
    again.labels = {"team": "b"}
    again.patch()
    found = client.get_bucket(bucket.name)
    assert (found.labels, found.storage_class, found.location) == ({"team": "b"}, "NEARLINE", "US")
    assert found.metageneration == 3


def test_a_change_can_be_bound_to_the_metageneration(bucket: storage.Bucket) -> None:
    bucket.labels = {"a": "1"}
    with pytest.raises(PreconditionFailed):
        bucket.patch(if_metageneration_match=9)
    bucket.patch(if_metageneration_match=1)


def test_only_an_empty_bucket_is_deleted(client: storage.Client, bucket: storage.Bucket) -> None:
    blob = bucket.blob("a")
    blob.upload_from_string(b"1")
    with pytest.raises(Conflict, match="not empty"):
        bucket.delete()
    blob.delete()
    bucket.delete()
    assert client.lookup_bucket(bucket.name) is None


def test_buckets_are_listed_in_pages(client: storage.Client) -> None:
    prefix = f"pages-{uuid.uuid4().hex[:8]}-"
    names = [client.create_bucket(f"{prefix}{number}").name for number in range(5)]
    pages = client.list_buckets(prefix=prefix, page_size=2).pages
    assert [[found.name for found in page] for page in pages] == [names[:2], names[2:4], names[4:]]


def test_buckets_named_at_the_start_exist(client: storage.Client) -> None:
    assert client.bucket("open").exists()


def test_what_is_not_covered_says_so(client: storage.Client, bucket: storage.Bucket) -> None:
    bucket.versioning_enabled = True
    with pytest.raises(MethodNotImplemented, match="versioning"):
        bucket.patch()
    with pytest.raises(MethodNotImplemented, match="iam"):
        bucket.get_iam_policy()
    with pytest.raises(MethodNotImplemented, match="notificationConfigs"):
        list(bucket.list_notifications())
