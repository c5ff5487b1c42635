"""Range and Content-Range, against Python's own slicing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.storage.byte_ranges import Span, parse_content_range, parse_range
from infra.local.emulators.storage.errors import StorageError

SIZES = st.integers(min_value=1, max_value=50)
OFFSETS = st.integers(min_value=0, max_value=60)


def cut(data: bytes, span: Span | None) -> bytes:
    return data if span is None else data[span.first : span.last + 1]


@given(size=SIZES, first=OFFSETS, length=SIZES)
def test_a_range_gives_the_bytes_a_slice_gives(size: int, first: int, length: int) -> None:
    data = bytes(range(size))
    header = f"bytes={first}-{first + length - 1}"
    if first >= size:
        with pytest.raises(StorageError) as raised:
            parse_range(header, size)
        assert raised.value.status == 416
        assert raised.value.headers == {"Content-Range": f"bytes */{size}"}
    else:
        assert cut(data, parse_range(header, size)) == data[first : first + length]


@given(size=SIZES, last=SIZES)
def test_a_suffix_range_gives_the_last_bytes(size: int, last: int) -> None:
    data = bytes(range(size))
    assert cut(data, parse_range(f"bytes=-{last}", size)) == data[-last:]


def test_an_open_range_goes_to_the_end() -> None:
    assert parse_range("bytes=3-", 10) == Span(3, 9)


@pytest.mark.parametrize(
    "header", [None, "", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "pages=1-2", "bytes=a-b"]
)
def test_without_one_readable_range_the_whole_object_is_meant(header: str | None) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-0", "bytes=-5"])
def test_an_empty_object_satisfies_no_range(header: str) -> None:
    with pytest.raises(StorageError, match="cannot be satisfied"):
        parse_range(header, 0)


@given(first=OFFSETS, length=SIZES, behind=st.integers(min_value=0, max_value=9))
def test_a_chunk_says_where_it_belongs(first: int, length: int, behind: int) -> None:
    last = first + length - 1
    known = parse_content_range(f"bytes {first}-{last}/{last + 1 + behind}")
    unknown = parse_content_range(f"bytes {first}-{last}/*")
    assert known.span == unknown.span == Span(first, last)
    assert (known.total, unknown.total) == (last + 1 + behind, None)


def test_a_status_query_has_no_span() -> None:
    assert parse_content_range("bytes */*") == parse_content_range(" bytes */* ")
    assert parse_content_range("bytes */20").span is None
    assert parse_content_range("bytes */20").total == 20


@pytest.mark.parametrize("header", ["bytes 5-4/10", "bytes 0-10/10", "bytes 0-1", "0-1/2", "bytes x-y/z"])
def test_a_chunk_outside_its_object_is_refused(header: str) -> None:
    with pytest.raises(StorageError) as raised:
        parse_content_range(header)
    assert raised.value.status == 400
