"""What every ObjectStore does."""

import io
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from common.checksum import crc32c
from common.errors import Conflict, NotFound
from common.objects.store import ObjectStore, SignedRequest

HOUR = timedelta(hours=1)


class ObjectStoreHarness(ABC):
    """A store under test, its bucket empty."""

    store: ObjectStore

    @abstractmethod
    def perform(self, request: SignedRequest, body: bytes = b"") -> tuple[int, bytes]:
        """Make a signed request as a browser would; answers status and content."""


class ObjectStoreContract:
    """Inherit from it and give a fixture `harness`."""

    @pytest.fixture
    def harness(self) -> ObjectStoreHarness:
        """The store under test, empty."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, harness: ObjectStoreHarness) -> ObjectStore:
        return harness.store

    def test_what_is_put_is_got(self, store: ObjectStore) -> None:
        store.put("frozen/body.json", b'{"a": 1}\r\n\0')
        assert store.get("frozen/body.json") == b'{"a": 1}\r\n\0'

    def test_what_is_stored_is_described(self, store: ObjectStore) -> None:
        put = store.put("a.txt", b"hello", content_type="text/plain", metadata={"effect": "7"})
        assert put == store.stat("a.txt")
        assert (put.name, put.size, put.crc32c) == ("a.txt", 5, crc32c(b"hello"))
        assert (put.content_type, put.metadata) == ("text/plain", {"effect": "7"})

    def test_an_empty_object_is_an_object(self, store: ObjectStore) -> None:
        assert store.put("empty", b"").size == 0
        assert store.get("empty") == b""
        with store.open("empty") as reader:
            assert reader.read() == b""

    @pytest.mark.parametrize("name", ["sub/folder/ü ñ.json", "a?b#c%41&d+e", "quote'\"", "日本語"])
    def test_any_name_is_a_name(self, store: ObjectStore, name: str) -> None:
        store.put(name, b"x")
        assert store.get(name) == b"x"
        assert [stored.name for stored in store.list()] == [name]

    def test_a_stream_is_put_whole(self, store: ObjectStore) -> None:
        content = bytes(range(256)) * 40_000  # more than one piece of an upload
        assert store.put("large", io.BytesIO(content)).crc32c == crc32c(content)
        assert store.get("large") == content

    def test_what_is_not_there_is_not_found(self, store: ObjectStore) -> None:
        assert store.stat("missing") is None
        assert store.delete("missing") is False
        with pytest.raises(NotFound, match="missing"):
            store.get("missing")
        with pytest.raises(NotFound, match="missing"):
            store.open("missing")

    def test_each_write_raises_the_generation(self, store: ObjectStore) -> None:
        first, second = store.put("a", b"1"), store.put("a", b"2")
        assert second.generation > first.generation > 0
        assert store.get("a") == b"2"

    def test_create_only_writes_once(self, store: ObjectStore) -> None:
        store.put("a", b"first", if_generation=0)
        with pytest.raises(Conflict, match="another generation of a"):
            store.put("a", b"second", if_generation=0)
        assert store.get("a") == b"first"

    def test_a_write_on_a_stale_generation_is_refused(self, store: ObjectStore) -> None:
        old = store.put("a", b"1").generation
        new = store.put("a", b"2", if_generation=old).generation
        with pytest.raises(Conflict):
            store.put("a", b"3", if_generation=old)
        assert store.put("a", b"3", if_generation=new).generation > new

    def test_a_write_on_a_generation_of_an_object_that_is_gone_is_refused(self, store: ObjectStore) -> None:
        old = store.put("a", b"1").generation
        store.delete("a")
        with pytest.raises(Conflict):
            store.put("a", b"2", if_generation=old)

    def test_one_of_many_racing_creators_wins(self, store: ObjectStore) -> None:
        def create(number: int) -> bool:
            try:
                store.put("a", str(number).encode(), if_generation=0)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(create, range(8)))
        assert won.count(True) == 1
        assert store.get("a") == str(won.index(True)).encode()

    def test_delete_takes_only_the_generation_it_is_told(self, store: ObjectStore) -> None:
        old = store.put("a", b"1").generation
        new = store.put("a", b"2").generation
        with pytest.raises(Conflict):
            store.delete("a", if_generation=old)
        assert store.delete("a", if_generation=new) is True
        assert store.stat("a") is None

    def test_a_list_has_the_prefix_only_and_is_in_order_of_name(self, store: ObjectStore) -> None:
        for name in ("export/2", "export/10", "export/1", "exports", "other"):
            store.put(name, name.encode())
        assert [stored.name for stored in store.list("export/")] == ["export/1", "export/10", "export/2"]
        assert [stored.size for stored in store.list("export/")] == [8, 9, 8]
        assert len(list(store.list())) == 5
        assert list(store.list("nothing/")) == []

    def test_a_stream_is_read_in_lines(self, store: ObjectStore) -> None:
        store.put("lines", b"one\ntwo\n\nfour and a bit more")
        with store.open("lines") as reader:
            assert list(reader) == [b"one\n", b"two\n", b"\n", b"four and a bit more"]

    def test_a_stream_stops_when_its_object_is_replaced(self, store: ObjectStore) -> None:
        store.put("a", b"1" * 10_000_000)
        with store.open("a") as reader:
            assert reader.read(1) == b"1"
            store.put("a", b"2" * 10_000_000)
            with pytest.raises(Conflict, match="a "):
                reader.read()

    def test_a_stream_stops_when_its_object_is_deleted(self, store: ObjectStore) -> None:
        store.put("a", b"1" * 10_000_000)
        with store.open("a") as reader:
            assert reader.read(1) == b"1"
            store.delete("a")
            with pytest.raises(Conflict):
                reader.read()

    def test_a_browser_uploads_by_a_signed_request(self, harness: ObjectStoreHarness) -> None:
        request = harness.store.signed_upload_url(
            "uploads/cat ü.png", content_type="image/png", expires=HOUR, max_size=10
        )
        assert request.method == "PUT"
        assert harness.perform(request, b"0123456789")[0] == 200
        stored = harness.store.stat("uploads/cat ü.png")
        assert stored is not None
        assert (stored.size, stored.content_type) == (10, "image/png")

    def test_a_signed_upload_that_is_too_large_is_refused(self, harness: ObjectStoreHarness) -> None:
        request = harness.store.signed_upload_url(
            "uploads/a", content_type="image/png", expires=HOUR, max_size=10
        )
        assert harness.perform(request, b"0123456789a")[0] == 400
        assert harness.store.stat("uploads/a") is None

    def test_a_signed_upload_replaces_nothing(self, harness: ObjectStoreHarness) -> None:
        request = harness.store.signed_upload_url("a", content_type="image/png", expires=HOUR, max_size=10)
        assert harness.perform(request, b"first")[0] == 200
        assert harness.perform(request, b"second")[0] == 412
        assert harness.store.get("a") == b"first"

    def test_a_browser_downloads_by_a_signed_request(self, harness: ObjectStoreHarness) -> None:
        harness.store.put("mockups/a b.png", b"pixels")
        request = harness.store.signed_download_url("mockups/a b.png", expires=HOUR)
        assert harness.perform(request) == (200, b"pixels")

    def test_a_signed_request_for_one_object_opens_no_other(self, harness: ObjectStoreHarness) -> None:
        harness.store.put("open", b"open")
        harness.store.put("secret", b"secret")
        request = harness.store.signed_download_url("open", expires=HOUR)
        other = SignedRequest("GET", request.url.replace("/open", "/secret"))
        assert harness.perform(other)[0] == 403

    def test_a_signed_request_does_not_show_its_url_when_it_is_printed(self, store: ObjectStore) -> None:
        request = store.signed_download_url("a", expires=HOUR)
        assert request.url not in repr(request)
        assert "ignature" not in repr(request)
