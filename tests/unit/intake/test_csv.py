"""Reading delimited files as people have them."""

import csv
import gc
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.errors import Usage
from common.intake import Columns, Intake, Problem, Row, open_rows, read_rows
from common.intake.rows import RECORD_LIMIT
from functions.fetch.parts.columns import PARTS_COLUMNS
from functions.fetch.parts.record import normalise

COLUMNS = Columns(("pn", "manufacturer", "title"), {"pn": ("part number",)}, required=("pn",))


def opened(text: str | bytes, encoding: str = "utf-8", columns: Columns = COLUMNS) -> Intake:
    return read_rows(io.BytesIO(text if isinstance(text, bytes) else text.encode(encoding)), columns)


def entries(text: str | bytes, encoding: str = "utf-8") -> list[Row | Problem]:
    with opened(text, encoding) as rows:
        return list(rows)


def cells(text: str | bytes, encoding: str = "utf-8") -> list[tuple[int, str]]:
    found = entries(text, encoding)
    assert all(isinstance(entry, Row) for entry in found), found
    return [(entry.number, entry.values["pn"]) for entry in found if isinstance(entry, Row)]


def reasons(text: str) -> list[tuple[int | None, str]]:
    return [(entry.row, entry.reason) for entry in entries(text) if isinstance(entry, Problem)]


def test_columns_may_stand_in_any_order_and_others_are_reported() -> None:
    with opened("keywords,Manufacturer,Part_Number\nx,NXP,BLF177\n") as rows:
        assert list(rows) == [Row(2, {"pn": "BLF177", "manufacturer": "NXP"})]
        assert rows.notices == ("Not used: keywords.",)
        assert (rows.format, rows.delimiter, rows.encoding) == ("csv", ",", "utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "pn,manufacturer,title\n1,NXP,a\n".replace(",", delimiter)
    with opened(text) as rows:
        assert rows.delimiter == delimiter
        assert list(rows) == [Row(2, {"pn": "1", "manufacturer": "NXP", "title": "a"})]


def test_the_delimiter_that_makes_known_headers_wins_over_the_more_frequent_one() -> None:
    with opened('"a,b,c,d,e";pn;title\n1,1,1,1;2;3\n') as rows:
        assert rows.delimiter == ";"
        assert list(rows) == [Row(2, {"pn": "2", "title": "3"})]


@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_line_that_declares_the_delimiter_is_no_header(delimiter: str) -> None:
    assert cells(f"sep={delimiter}\r\npn{delimiter}title\r\n1{delimiter}x\r\n") == [(3, "1")]


def test_one_column_alone_is_a_table() -> None:
    assert cells("pn\n1\n2\n") == [(2, "1"), (3, "2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str) -> None:
    with opened("pn,title\n1,Größe Ω 部品\n", encoding) as rows:
        assert [entry.values["title"] for entry in rows if isinstance(entry, Row)] == ["Größe Ω 部品"]
        assert rows.notices == ()


def test_utf_16_with_the_other_byte_order_is_read() -> None:
    assert cells(b"\xfe\xff" + "pn\n1\n".encode("utf-16-be")) == [(2, "1")]


def test_windows_1252_is_the_last_resort_and_says_so() -> None:
    with opened("pn,title\n1,Größe 5 €\n", "cp1252") as rows:
        assert rows.encoding == "cp1252"
        assert "Windows-1252" in rows.notices[0]
        assert [entry.values["title"] for entry in rows if isinstance(entry, Row)] == ["Größe 5 €"]


def test_a_byte_deep_in_the_file_decides_about_its_encoding() -> None:
    filler = "".join(f"{number},x\n" for number in range(20_000))
    with opened(f"pn,title\n{filler}9,é\n".encode("cp1252")) as rows:
        assert rows.encoding == "cp1252"


class TestRowNumbers:
    def test_are_the_lines_an_editor_shows(self) -> None:
        text = 'pn,title\n\n1,"two\nlines"\n   \n,,\n2,"three\r\n\r\nlines"\n3,x\n'
        assert cells(text) == [(3, "1"), (7, "2"), (10, "3")]

    def test_count_from_a_header_that_is_not_the_first_line(self) -> None:
        assert cells('\n\n"pn","a\nb"\n1,x\n') == [(5, "1")]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_do_not_depend_on_how_lines_end(self, end: str) -> None:
        assert cells(end.join(["pn,title", "1,x", "", '2,"a', 'b"', "3,y"])) == [(2, "1"), (4, "2"), (6, "3")]


class TestBadRows:
    def test_more_cells_than_headers(self) -> None:
        found = entries("pn,title\n1,a,b,c\n2,x,,\n3\n")
        detail = "There are 4 cells under 2 headers; quote cells that hold the delimiter."
        assert found[0] == Problem("", "too_many_cells", "b,c", detail, 2)
        assert found[1:] == [Row(3, {"pn": "2", "title": "x"}), Row(4, {"pn": "3", "title": ""})]

    def test_a_quote_that_is_never_closed_costs_one_record(self) -> None:
        text = 'pn,title\n1,a\n2,"open\n3,b\n4,c\n'
        assert reasons(text) == [(3, "unclosed_quote")]
        assert [entry.number for entry in entries(text) if isinstance(entry, Row)] == [2, 4, 5]

    def test_quotes_that_do_not_match(self) -> None:
        text = 'pn,title\n1,"5" pipe"\n2,5" pipe\n3,"5"" pipe"\n'
        assert reasons(text) == [(2, "bad_quoting")]
        assert [(row.number, row.values["title"]) for row in entries(text) if isinstance(row, Row)] == [
            (3, '5" pipe'),
            (4, '5" pipe'),
        ]

    def test_an_open_quote_that_swallows_another_gives_the_lines_between_back(self) -> None:
        text = 'pn,title\n1,"open\n2,b\n3,"closed"\n4,c\n'
        assert reasons(text) == [(2, "bad_quoting")]
        assert [entry.number for entry in entries(text) if isinstance(entry, Row)] == [3, 4, 5]

    def test_a_cell_without_end_is_given_up_and_the_rest_is_read(self) -> None:
        filler = "".join(f"{number},x\n" for number in range(40_000))
        found = entries(f'pn,title\n0,"open\n{filler}')
        assert (found[0].row, found[0].reason) == (2, "too_long") if isinstance(found[0], Problem) else False
        assert len(found) == 40_001

    def test_a_line_without_end_is_cut_and_the_rest_is_read(self) -> None:
        found = entries("pn,title\n1," + "x" * (RECORD_LIMIT + 5) + "\n2,y\n")
        assert [type(entry) for entry in found] == [Problem, Row]
        assert isinstance(found[1], Row)
        assert found[1].number == 3

    def test_nul_characters_are_left_out(self) -> None:
        assert cells("pn,title\n1\0,x\n") == [(2, "1")]


class TestUnreadableFiles:
    @pytest.mark.parametrize("content", [b"", b" \n\r\n\t", b"\xef\xbb\xbf", b"\xff\xfe", b" " * 5000])
    def test_empty(self, content: bytes) -> None:
        with pytest.raises(Usage, match="is empty"):
            entries(content)

    @pytest.mark.parametrize(
        ("content", "advice"),
        [
            (b"PK\x03\x04xlsx", "save the sheet as CSV"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "save the sheet as CSV"),
            (b"\x1f\x8b\x08\0", "unpack it first"),
            (b"%PDF-1.7", "export a table"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x81", "not text"),
            ("pn\n1\n".encode("utf-16") + b"\0", "damaged"),
            (b"\xef\xbb\xbfpn\n\xff\n", "damaged"),
            (b"pn,title\n1,\x81\n", "not text"),
        ],
    )
    def test_no_text_says_the_next_step(self, content: bytes, advice: str) -> None:
        with pytest.raises(Usage, match=advice):
            entries(content)

    def test_without_any_known_column(self) -> None:
        with pytest.raises(
            Usage, match=r"No known column.*'foo', 'bar'.*column mapping such as \{\"foo\": \"pn\"\}"
        ):
            entries("foo,bar\n1,2\n")

    def test_without_a_required_column(self) -> None:
        with pytest.raises(Usage, match="no column for pn"):
            entries("manufacturer,title\n1,2\n")

    def test_with_a_column_doubled(self) -> None:
        with pytest.raises(Usage, match="headed pn; rename one"):
            entries("pn,PN,title\n1,2,3\n")

    def test_with_a_header_that_cannot_be_parsed(self) -> None:
        with pytest.raises(Usage, match="header line cannot be read"):
            entries('"pn"x,title\n1,2\n')

    def test_are_closed_again(self, tmp_path: Path) -> None:
        """A file left open would warn when it is collected, and warnings are errors here."""
        path = tmp_path / "foreign.csv"
        path.write_text("foo,bar\n1,2\n")
        with pytest.raises(Usage, match="No known column"):
            open_rows(path, COLUMNS)
        gc.collect()

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Usage, match="cannot be opened"):
            open_rows(tmp_path / "none.csv", COLUMNS)


def test_a_header_without_rows_is_no_error() -> None:
    assert entries("pn,title\n") == []


def test_a_stream_that_was_handed_in_stays_open() -> None:
    stream = io.BytesIO(b"pn\n1\n")
    with read_rows(stream, COLUMNS) as rows:
        list(rows)
    assert not stream.closed
    bad = io.BytesIO(b"foo\n1\n")
    with pytest.raises(Usage):
        read_rows(bad, COLUMNS)
    assert not bad.closed


TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
LINE_END = re.compile("\r\n|\r|\n")


@settings(deadline=None)
@given(
    table=some.lists(some.tuples(TEXT, TEXT, TEXT, some.integers(0, 2)), max_size=8),
    delimiter=some.sampled_from(",;\t|"),
    line_end=some.sampled_from(["\n", "\r\n", "\r"]),
    encoding=some.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_table_writer_writes_is_read_back_with_its_line(
    table: list[tuple[str, str, str, int]], delimiter: str, line_end: str, encoding: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["title", "pn", "manufacturer"])
    expected = []
    for title, pn, manufacturer, blanks in table:
        written.write(line_end * blanks)
        line = len(LINE_END.findall(written.getvalue())) + 1
        writer.writerow([title, pn, manufacturer])
        if (title + pn + manufacturer).strip():
            expected.append(Row(line, {"title": title, "pn": pn, "manufacturer": manufacturer}))
    assert entries(written.getvalue(), encoding) == expected


@settings(deadline=None)
@given(some.text(some.sampled_from('pn,";\n\r x'), max_size=60))
def test_no_text_is_too_strange_and_every_entry_has_its_line(body: str) -> None:
    text = "pn;title;manufacturer\n" + body
    numbers = [entry.number if isinstance(entry, Row) else entry.row or 0 for entry in entries(text)]
    assert numbers == sorted(set(numbers))
    assert all(2 <= number <= len(LINE_END.findall(text)) + 1 for number in numbers)


@settings(deadline=None)
@given(some.binary(max_size=80))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    for start in (b"", b"pn,title\n", b'[{"pn":1},', b'{"pn":1}\n'):
        try:
            found = entries(start + content)
        except Usage:
            continue
        numbers = [entry.number if isinstance(entry, Row) else entry.row or 0 for entry in found]
        assert numbers == sorted(set(numbers))
        assert all(entry.values.keys() <= set(COLUMNS.names) for entry in found if isinstance(entry, Row))


def test_real_parts_are_read_and_normalised() -> None:
    path = Path(__file__).parents[3].parent / "shared" / "data" / "parts-real.csv"
    if not path.exists():
        pytest.skip("the real parts table is not beside this checkout")
    with open_rows(path, PARTS_COLUMNS) as rows:
        assert rows.unused == ("keywords",)
        found = list(rows)
    assert len(found) == 2650
    assert all(isinstance(entry, Row) and isinstance(normalise(entry.values), dict) for entry in found)
    lines = path.read_text("utf-8").splitlines()
    assert all(entry.values["pn"] in lines[entry.number - 1] for entry in found if isinstance(entry, Row))
