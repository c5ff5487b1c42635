"""The bytes of an uploaded file: hashed on the way, and never more than is allowed."""

import hashlib
import threading

import pytest

from common.errors import Conflict, NotFound
from functions.hash.designs.download import Downloads
from functions.hash.designs.refusal import ImageRefused
from tests.fakes.object_store import FakeObjectStore

MIB = 1 << 20


@pytest.fixture
def store() -> FakeObjectStore:
    return FakeObjectStore(reader_piece=MIB)


def test_a_file_comes_with_its_hash_and_stands_at_its_beginning(store: FakeObjectStore) -> None:
    content = bytes(range(256)) * 10_000
    store.put("a", content)
    with Downloads(store, largest=5 * MIB).open("a", len(content)) as file:
        assert file.content.read() == content
        assert (file.file_hash, file.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_what_is_said_to_be_too_large_is_not_even_fetched(store: FakeObjectStore) -> None:
    with (
        pytest.raises(ImageRefused, match="2 MiB; upload_file_mib allows 1") as refused,
        Downloads(store, largest=MIB).open("nothing", 2 * MIB),
    ):
        pass
    assert refused.value.reason == "too_large"


def test_what_is_larger_than_it_was_said_to_be_is_not_read_to_its_end(store: FakeObjectStore) -> None:
    store.put("a", bytes(3 * MIB))
    with pytest.raises(ImageRefused) as refused, Downloads(store, largest=2 * MIB).open("a", 10):
        pass
    assert refused.value.reason == "too_large"


def test_what_is_not_there_or_replaced_meanwhile_is_told(store: FakeObjectStore) -> None:
    downloads = Downloads(store, largest=9 * MIB)
    with pytest.raises(NotFound), downloads.open("a", 1):
        pass
    store.put("a", bytes(3 * MIB))
    piece = store._piece
    calls = []

    def replaced(*arguments: object) -> bytes:
        calls.append(arguments)
        if len(calls) == 2:
            store.put("a", b"another")
        return piece(*arguments)  # type: ignore[arg-type]  # handed on

    store._piece = replaced  # type: ignore[method-assign, assignment]  # what happens between two pieces
    with pytest.raises(Conflict), downloads.open("a", 3 * MIB):
        pass


def test_files_that_do_not_fit_together_wait_for_each_other(store: FakeObjectStore) -> None:
    for name in "ab":
        store.put(name, bytes(MIB))
    downloads = Downloads(store, largest=MIB, held=MIB)
    second_has_it = threading.Event()

    def read() -> None:
        with downloads.open("b", MIB):
            second_has_it.set()

    other = threading.Thread(target=read, daemon=True)
    with downloads.open("a", MIB):
        other.start()
        assert not second_has_it.wait(0.05)
    assert second_has_it.wait(5)
    other.join(5)
