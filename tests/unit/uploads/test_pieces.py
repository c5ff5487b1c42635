"""How an upload is cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from functions.fetch.designs.pieces import UploadedPiece, pieces_of

FILES = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(0, 200)), max_size=60, unique_by=lambda file: file[0]
)


@given(FILES.map(sorted), st.integers(1, 300), st.integers(1, 20))
def test_in_order_nothing_lost_and_within_the_limits(
    files: list[tuple[int, int]], most_bytes: int, most_files: int
) -> None:
    pieces = list(pieces_of(files, most_bytes=most_bytes, most_files=most_files))
    of_piece = [[file for file in files if piece.first <= file[0] <= piece.last] for piece in pieces]
    assert [file for part in of_piece for file in part] == files
    for piece, part in zip(pieces, of_piece, strict=True):
        assert (piece.first, piece.last, piece.files) == (part[0][0], part[-1][0], len(part))
        assert len(part) <= most_files
        assert sum(size for _, size in part) <= most_bytes or len(part) == 1


@given(FILES.map(sorted), st.integers(1, 300), st.integers(1, 20))
def test_no_piece_could_take_the_first_file_of_the_next(
    files: list[tuple[int, int]], most_bytes: int, most_files: int
) -> None:
    pieces = list(pieces_of(files, most_bytes=most_bytes, most_files=most_files))
    for piece, following in pairwise(pieces):
        taken = sum(size for number, size in files if piece.first <= number <= piece.last)
        first = next(size for number, size in files if number == following.first)
        assert piece.files == most_files or taken + first > most_bytes


def test_a_file_larger_than_a_piece_is_one() -> None:
    files = [(1, 10), (2, 500), (3, 10)]
    assert list(pieces_of(files, most_bytes=100, most_files=9)) == [
        UploadedPiece(1, 1, 1),
        UploadedPiece(2, 2, 1),
        UploadedPiece(3, 3, 1),
    ]
