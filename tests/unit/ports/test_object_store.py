"""The bucket in memory keeps the port's contract; and how a stream notices damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.checksum import crc32c
from common.errors import Unavailable
from common.objects.reader import open_reader
from common.objects.store import SignedRequest, Stored
from tests.contracts.object_store import ObjectStoreContract, ObjectStoreHarness
from tests.fakes.object_store import FakeObjectStore


class FakeHarness(ObjectStoreHarness):
    def __init__(self) -> None:
        self.store = self.fake = FakeObjectStore(reader_piece=2**20)

    def perform(self, request: SignedRequest, body: bytes = b"") -> tuple[int, bytes]:
        return self.fake.perform(request, body)


class TestFakeObjectStore(ObjectStoreContract):
    @pytest.fixture
    def harness(self) -> ObjectStoreHarness:
        return FakeHarness()


def stored(content: bytes) -> Stored:
    return Stored("a", 1, len(content), crc32c(content))


@given(
    st.binary(max_size=300), st.integers(min_value=1, max_value=40), st.integers(min_value=1, max_value=70)
)
def test_a_stream_gives_the_content_whatever_its_pieces_and_reads(
    content: bytes, piece: int, read: int
) -> None:
    with open_reader(stored(content), lambda start, end: content[start : end + 1], piece) as reader:
        assert b"".join(iter(lambda: reader.read(read), b"")) == content


def test_a_piece_that_changed_on_the_way_is_noticed_at_the_end() -> None:
    with open_reader(stored(b"abcdef"), lambda start, end: b"abX"[: end - start + 1], 3) as reader:
        assert reader.read(3) == b"abX"
        with pytest.raises(Unavailable, match="checksum"):
            reader.read(3)


def test_a_piece_that_is_too_short_is_noticed() -> None:
    with (
        open_reader(stored(b"abcdef"), lambda start, end: b"a", 3) as reader,
        pytest.raises(Unavailable, match="1 bytes came for 3"),
    ):
        reader.read(3)


def test_the_checksum_is_the_one_of_the_standard() -> None:
    """RFC 3720, B.4: 32 bytes of zeros have the CRC32C 8a9136aa."""
    assert crc32c(bytes(32)) == "ipE2qg=="
