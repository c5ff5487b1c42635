"""Reading JSON arrays and JSON lines."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.errors import Usage
from common.intake import Columns, Intake, Problem, Row, read_rows
from common.intake.json_rows import JsonRows, json_array
from common.intake.rows import RECORD_LIMIT

COLUMNS = Columns(("pn", "manufacturer", "specs"), {"pn": ("part number",)}, required=("pn",))


def opened(text: str) -> Intake:
    return read_rows(io.BytesIO(text.encode()), COLUMNS)


def entries(text: str) -> list[Row | Problem]:
    with opened(text) as rows:
        return list(rows)


def told(text: str) -> list[tuple[int | None, str]]:
    """(place, part number or reason) of every entry."""
    return [
        (entry.number, entry.values["pn"]) if isinstance(entry, Row) else (entry.row, entry.reason)
        for entry in entries(text)
    ]


def test_an_array_of_objects() -> None:
    text = '[\n {"Part Number": "1", "specs": [{"a": "],}"}], "x": 0},\n {"pn": "2"}\n]\n'
    with opened(text) as rows:
        assert (rows.format, rows.unused) == ("json", ("x",))
        assert list(rows) == [Row(1, {"pn": "1", "specs": [{"a": "],}"}]}), Row(2, {"pn": "2"})]


def test_one_object_per_line_with_its_line() -> None:
    text = '\n{"pn": "1", "specs": null}\r\n\r\n{"manufacturer": "NXP", "pn": "2"}'
    with opened(text) as rows:
        assert rows.format == "ndjson"
        assert list(rows) == [Row(2, {"pn": "1", "specs": None}), Row(4, {"pn": "2", "manufacturer": "NXP"})]


def test_numbers_stay_exact() -> None:
    assert entries('[{"pn": 18.490}]') == [Row(1, {"pn": Decimal("18.490")})]


def test_nul_and_lone_surrogates_are_left_out_of_every_value() -> None:
    assert entries(r'[{"pn": "a\u0000b", "specs": ["\ud800c"]}]') == [Row(1, {"pn": "ab", "specs": ["c"]})]


@pytest.mark.parametrize("empty", ["[]", " [ ] \n"])
def test_an_empty_array_has_no_rows(empty: str) -> None:
    assert entries(empty) == []


class TestBadRecords:
    def test_do_not_stop_those_after_them_in_an_array(self) -> None:
        text = '[{"pn": "1"}, {"pn" 2}, 3, {"pn": NaN}, {"x": 1}, , {"pn": "7"},]'
        reasons = [
            (2, "bad_json"),
            (3, "not_a_record"),
            (4, "bad_json"),
            (5, "no_known_column"),
            (6, "bad_json"),
        ]
        assert told(text) == [(1, "1"), *reasons, (7, "7")]

    def test_do_not_stop_those_after_them_on_other_lines(self) -> None:
        text = '{"pn": "1"}\n{"pn": \n[1]\n{"x": 1}\n{"pn": "5"}\n'
        assert told(text) == [
            (1, "1"),
            (2, "bad_json"),
            (3, "not_a_record"),
            (4, "no_known_column"),
            (5, "5"),
        ]

    def test_an_array_cut_off_is_told_even_between_records(self) -> None:
        assert told('[{"pn": "1"}, {"pn": "2') == [(1, "1"), (2, "cut_off")]
        assert told('[{"pn": "1"},') == [(1, "1"), (2, "cut_off")]
        assert told('[{"pn": "1"}') == [(1, "cut_off")]

    def test_text_after_the_array_is_told(self) -> None:
        assert told('[{"pn": "1"}] [{"pn": "2"}]') == [(1, "1"), (2, "text_after_end")]

    def test_nesting_without_end(self) -> None:
        deep = "[" * 100_000 + "]" * 100_000
        assert told(f'[{{"pn": {deep}}}, {{"pn": "2"}}]') == [(1, "bad_json"), (2, "2")]

    def test_a_number_too_long_to_read(self) -> None:
        assert told('[{"pn": ' + "9" * 5000 + '}, {"pn": "2"}]') == [(1, "bad_json"), (2, "2")]

    @pytest.mark.parametrize("shape", ["[{0}, {1}]", "{0}\n{1}"])
    def test_a_record_beyond_the_limit(self, shape: str) -> None:
        long = json.dumps({"pn": "x" * (RECORD_LIMIT + 10)})
        assert told(shape.format(long, '{"pn": "2"}')) == [(1, "too_long"), (2, "2")]


def test_records_of_ever_new_shapes_are_read_all_the_same() -> None:
    text = "\n".join(json.dumps({"pn": str(number), f"extra {number}": 1}) for number in range(1000))
    with opened(text) as rows:
        assert len([entry for entry in rows if isinstance(entry, Row)]) == 1000


class TestUnreadableFiles:
    @pytest.mark.parametrize("text", ['[{"foo": 1}]', '{"foo": 1}\n{"pn": 2}'])
    def test_without_any_known_column(self, text: str) -> None:
        with pytest.raises(Usage, match=r"No known column in the file; its headers are: 'foo'"):
            entries(text)

    @pytest.mark.parametrize("text", ['{\n "parts": [{"pn": 1}]\n}', '{"parts": [\n{"pn": 1}\n]}', "{"])
    def test_one_object_around_all_records(self, text: str) -> None:
        with pytest.raises(Usage, match="save an array"):
            entries(text)


class SmallReads(io.StringIO):
    """A text that comes in small pieces, as from a network."""

    size = 1

    def read(self, size: int | None = -1, /) -> str:
        return super().read(self.size)


JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    some.lists(some.fixed_dictionaries({"pn": JSON, "specs": JSON}), max_size=4),
    some.sampled_from([None, 0, 2]),
    some.booleans(),
    some.integers(1, 7),
)
def test_every_array_is_taken_apart_rightly_however_it_is_written_and_arrives(
    records: list[dict[str, Any]], indent: int | None, ascii_only: bool, size: int
) -> None:
    text = SmallReads(json.dumps(records, indent=indent, ensure_ascii=ascii_only))
    text.size = size
    found = list(json_array(text, JsonRows(COLUMNS, {})))
    assert [row.values for row in found if isinstance(row, Row)] == [
        without_nul(record) for record in records
    ]


def without_nul(value: Any) -> Any:
    """Keys of nested records are cleaned, too."""
    if isinstance(value, dict):
        return {key.replace("\0", ""): without_nul(content) for key, content in value.items()}
    return [without_nul(each) for each in value] if isinstance(value, list) else value


class Endless(io.RawIOBase):
    """A large file made as it is read, so that only the reader's own memory is measured."""

    def __init__(self, head: bytes, line: bytes, lines: int, tail: bytes) -> None:
        self._parts = (head, line, lines, tail)
        self._pieces = self._all()

    def _all(self) -> Iterator[bytes]:
        head, line, lines, tail = self._parts
        yield head
        for _ in range(lines // 100):
            yield line * 100
        yield tail

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self._pieces = self._all()
        return 0

    def tell(self) -> int:
        return 0

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")

    def readinto(self, buffer: Any) -> int:
        raise NotImplementedError

    read1 = read


@pytest.mark.parametrize(
    ("head", "line", "tail"),
    [
        (b"pn,title\n", b"1," + b"x" * 1000 + b"\n", b""),
        (b'{"pn":1}\n', b'{"pn":1,"specs":"' + b"x" * 1000 + b'"}\n', b""),
        (b'[{"pn":1}', b',{"pn":1,"specs":"' + b"x" * 1000 + b'"}', b"]"),
    ],
    ids=["csv", "ndjson", "json"],
)
def test_memory_does_not_grow_with_the_file(head: bytes, line: bytes, tail: bytes) -> None:
    stream = Endless(head, line, 10_000, tail)  # 10 MB
    tracemalloc.start()
    with read_rows(stream, COLUMNS) as rows:  # type: ignore[arg-type]
        count = sum(1 for entry in rows if isinstance(entry, Row))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= 10_000
    assert peak < 2_500_000
