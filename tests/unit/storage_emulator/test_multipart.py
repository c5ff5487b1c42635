"""Cutting multipart bodies by their boundary, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.storage.batch import split_batch
from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.multipart import PartCutter, PartData, PartHead, boundary_of

BOUNDARY = "b7"
# Contents made of the pieces a delimiter is made of, so that false beginnings of one are frequent.
TRICKY = st.lists(
    st.sampled_from([b"\r", b"\n", b"-", b"--", b"b7", b"b", b"\r\n--b", b"\0", b"x"]), max_size=30
)
CONTENTS = st.one_of(st.binary(max_size=200), TRICKY.map(b"".join)).filter(
    lambda data: b"\r\n--b7" not in data
)
SIZES = st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=40)


def body_of(*contents: bytes) -> bytes:
    parts = (b"--b7\r\nContent-Type: text/x\r\n\r\n" + content + b"\r\n" for content in contents)
    return b"".join(parts) + b"--b7--"


def pieces_of(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    while data:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def cut(pieces: list[bytes]) -> tuple[list[bytes], bool]:
    cutter = PartCutter(BOUNDARY)
    parts: list[bytes] = []
    for piece in pieces:
        for event in cutter.feed(piece):
            match event:
                case PartHead():
                    parts.append(b"")
                case PartData(data):
                    parts[-1] += data
    return parts, cutter.closed


@given(first=CONTENTS, second=CONTENTS, sizes=SIZES)
def test_parts_come_out_as_they_went_in_however_the_body_is_split(
    first: bytes, second: bytes, sizes: list[int]
) -> None:
    assert cut(pieces_of(body_of(first, second), sizes)) == ([first, second], True)


@given(content=CONTENTS, missing=st.integers(min_value=1, max_value=8))
def test_a_body_that_was_cut_off_is_never_taken_for_whole(content: bytes, missing: int) -> None:
    _, closed = cut([body_of(content)[:-missing]])
    assert not closed


def test_text_before_the_first_and_after_the_last_boundary_is_ignored() -> None:
    assert cut([b"preamble\r\n" + body_of(b"one") + b"\r\nepilogue"]) == ([b"one"], True)


def test_the_headers_of_a_part_are_read() -> None:
    events = list(PartCutter("b").feed(b"--b\r\nContent-Type: image/png\r\nX-A:  1 \r\n\r\n"))
    assert events == [PartHead({"content-type": "image/png", "x-a": "1"})]


def test_a_part_may_have_no_headers() -> None:
    assert list(PartCutter("b").feed(b"--b\r\n\r\nx\r\n--b--")) == [PartHead({}), PartData(b"x")]


@pytest.mark.parametrize(
    "content_type", ["multipart/related; boundary=a'b", 'multipart/mixed; boundary="a\'b"']
)
def test_a_boundary_may_be_quoted(content_type: str) -> None:
    assert boundary_of(content_type) == "a'b"


def test_a_content_type_without_boundary_is_refused() -> None:
    with pytest.raises(StorageError, match="no boundary"):
        boundary_of("multipart/related")


def test_headers_that_never_end_are_refused() -> None:
    cutter = PartCutter("b")
    with pytest.raises(StorageError, match="do not end"):
        list(cutter.feed(b"--b\r\n" + b"x" * 70_000))


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_batch_is_read_with_either_line_end(line_end: str) -> None:
    text = (
        "--b\nContent-Type: application/http\nContent-ID: <7>\n\n"
        'PATCH /storage/v1/b/k/o/x%2Fy?a=1 HTTP/1.1\nIf-Match: e\n\n{"metadata": {}}\n\n--b--\n'
    )
    (part,) = split_batch("multipart/mixed; boundary=b", text.replace("\n", line_end).encode())
    assert (part.id, part.method, part.path) == ("7", "PATCH", "/storage/v1/b/k/o/x%2Fy")
    assert (part.query, part.headers) == ({"a": "1"}, {"if-match": "e"})
    assert part.body.strip() == b'{"metadata": {}}'


@pytest.mark.parametrize("body", [b"", b"--b--", b"--b\n\nnonsense\n\n--b--"])
def test_a_batch_without_a_call_is_refused(body: bytes) -> None:
    with pytest.raises(StorageError) as raised:
        split_batch("multipart/mixed; boundary=b", body)
    assert raised.value.status == 400
