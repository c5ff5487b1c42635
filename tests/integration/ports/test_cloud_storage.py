"""The real Cloud Storage client keeps the port's contract, and its errors say what to do."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from common.errors import Conflict, Misconfigured, Unavailable
from common.objects.cloud_storage import CloudStorageObjects
from common.objects.store import SignedRequest
from infra.local.ports import free_port
from tests.contracts.object_store import ObjectStoreContract, ObjectStoreHarness
from tests.support.emulators import Emulator


class EmulatorHarness(ObjectStoreHarness):
    """A bucket of its own."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        bucket = f"test-{uuid4()}"
        credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
        options = {"api_endpoint": emulator.url}
        admin = Client(project="p", credentials=credentials, client_options=options)
        admin.create_bucket(bucket)
        admin.close()
        self.store = self.cloud = CloudStorageObjects(
            project="p",
            bucket=bucket,
            endpoint=emulator.url,
            signing_key=emulator.state / "service-account.json",
        )

    def perform(self, request: SignedRequest, body: bytes = b"") -> tuple[int, bytes]:
        answer = httpx.request(request.method, request.url, headers=request.headers, content=body)
        return answer.status_code, answer.content


class TestCloudStorageObjects(ObjectStoreContract):
    @pytest.fixture
    def harness(self, storage_emulator: Emulator) -> Iterator[EmulatorHarness]:
        harness = EmulatorHarness(storage_emulator)
        yield harness
        harness.cloud.close()
        storage_emulator.forget_faults()

    def test_a_signed_upload_of_another_type_is_refused(self, harness: EmulatorHarness) -> None:
        request = harness.store.signed_upload_url(
            "a", content_type="image/png", expires=timedelta(hours=1), max_size=10
        )
        other = SignedRequest("PUT", request.url, {**request.headers, "Content-Type": "text/html"})
        assert harness.perform(other, b"<html>")[0] == 403

    def test_a_service_that_is_away_for_a_moment_is_asked_again(self, harness: EmulatorHarness) -> None:
        harness.emulator.plant("storage.insert", "status", status=503)
        harness.store.put("a", b"1")
        assert harness.emulator.struck() == 1
        assert harness.store.get("a") == b"1"

    def test_a_lost_answer_to_a_create_is_a_conflict_with_our_own_write(
        self, harness: EmulatorHarness
    ) -> None:
        """The client asks again by itself; what is stored tells by checksum and effect id that it is ours."""
        harness.emulator.plant("storage.insert", "drop")
        with pytest.raises(Conflict):
            harness.store.put("a", b"1", if_generation=0, metadata={"effect": "7"})
        stored = harness.store.stat("a")
        assert stored is not None
        assert stored.metadata == {"effect": "7"}

    def test_a_download_that_was_cut_off_is_not_taken_for_the_whole(self, harness: EmulatorHarness) -> None:
        harness.store.put("a", b"x" * 100_000)
        harness.emulator.plant("storage.get", "truncate")
        with harness.store.open("a") as reader:
            assert reader.read() == b"x" * 100_000
        assert harness.emulator.struck() == 1

    def test_a_refused_account_says_which_role_to_give(self, harness: EmulatorHarness) -> None:
        harness.emulator.plant("storage.get", "status", status=403)
        with pytest.raises(Misconfigured, match=r"roles/storage\.objectUser"):
            harness.store.get("a")

    def test_a_stream_in_pieces_is_uploaded_in_pieces(self, harness: EmulatorHarness) -> None:
        content = bytes(range(256)) * 4 * 1024 * 20  # 20 MiB: three pieces of 8
        harness.emulator.plant("storage.resumable.write", "delay", times=9, seconds=0)
        harness.store.put("large", io.BytesIO(content))
        assert harness.emulator.struck() == 3
        assert harness.store.get("large") == content


@pytest.mark.parametrize("call", ["get", "stat", "list", "put", "delete", "open"])
def test_a_missing_bucket_is_never_taken_for_a_missing_object(storage_emulator: Emulator, call: str) -> None:
    store = CloudStorageObjects(project="p", bucket="no-such-bucket", endpoint=storage_emulator.url)
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: store.get("a"),
        "stat": lambda: store.stat("a"),
        "list": lambda: list(store.list()),
        "put": lambda: store.put("a", b""),
        "delete": lambda: store.delete("a"),
        "open": lambda: store.open("a"),
    }
    with pytest.raises(Misconfigured, match=r"no bucket no-such-bucket.*SHELFLINE_BUCKET"):
        calls[call]()
    store.close()


def test_nobody_listening_is_unavailable() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    store = CloudStorageObjects(project="p", bucket="b", endpoint=nowhere, retry_for=0.1)
    with pytest.raises(Unavailable, match="Cloud Storage did not answer"):
        store.stat("a")
    store.close()


def test_urls_cannot_be_signed_without_a_key(storage_emulator: Emulator, tmp_path: Path) -> None:
    store = CloudStorageObjects(project="p", bucket="b", endpoint=storage_emulator.url)
    with pytest.raises(Misconfigured, match="key"):
        store.signed_download_url("a", expires=timedelta(hours=1))
    store.close()
