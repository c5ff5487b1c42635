"""A file of which every column is kept, under its own header or what a mapping makes of it."""

import io
from collections.abc import Mapping

import pytest

from common.errors import Usage
from common.intake import EveryColumn, Row, read_rows


def read(text: str, mapping: Mapping[str, str | None] | None = None) -> list[Mapping[str, object]]:
    with read_rows(io.BytesIO(text.encode()), EveryColumn(), mapping) as entries:
        return [entry.values for entry in entries if isinstance(entry, Row)]


def test_every_column_is_read_in_its_order() -> None:
    [row] = read("PO NUMBER,30/30,30X30,3030,Remark\n8148-00,1,2,3,\n")
    assert list(row.items()) == [
        ("PO NUMBER", "8148-00"),
        ("30/30", "1"),
        ("30X30", "2"),
        ("3030", "3"),
        ("Remark", ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_most_columns(delimiter: str) -> None:
    assert read(delimiter.join("abc") + "\n" + delimiter.join("123")) == [{"a": "1", "b": "2", "c": "3"}]


def test_a_header_is_read_without_stray_spaces_and_in_one_unicode_form() -> None:
    [row] = read('" CUSTOMER\n NAME ",Cafe\u0301\nA,B\n')
    assert row == {"CUSTOMER NAME": "A", "Caf\u00e9": "B"}


def test_a_mapping_renames_columns_and_leaves_some_out() -> None:
    [row] = read(
        "Sales order,Colour,Internal\nJOO-1,WHITE,x\n", {"SALES ORDER": "AAG ORDER NUMBER", "internal": None}
    )
    assert row == {"AAG ORDER NUMBER": "JOO-1", "Colour": "WHITE"}


def test_a_column_without_a_header_is_left_out() -> None:
    with read_rows(io.BytesIO(b"a,,b\n1,2,3\n"), EveryColumn()) as entries:
        assert entries.notices == ("Not used: column 2, which has no header.",)
        assert [entry.values for entry in entries if isinstance(entry, Row)] == [{"a": "1", "b": "3"}]


@pytest.mark.parametrize("text", ["S,M, s\n1,2,3\n", '{"S": 1, "M": 2, "s": 3}\n'])
def test_two_headers_for_one_column_are_refused_with_their_places(text: str) -> None:
    with pytest.raises(Usage, match=r"the 1\. \('S'\) and the 3\. \('s'\)") as raised:
        read(text)
    assert raised.value.reason == "doubled_header"


def test_a_mapping_onto_a_header_that_is_there_is_refused() -> None:
    with pytest.raises(Usage, match="Two columns mean 'PO NUMBER'"):
        read("PO,PO NUMBER\n1,2\n", {"PO": "PO NUMBER"})


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"nowhere": "A"}, "names nowhere, but the file's headers are: 'a', 'b'"),
        ({"a": "X", "A ": "Y"}, "twice"),
        ({"a": "X", "b": "x"}, "twice"),
        ({"a": " "}, "1 to 300 characters"),
        ({"a": None, "b": None}, "No column of the file is left"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(mapping: Mapping[str, str | None], message: str) -> None:
    with pytest.raises(Usage, match=message):
        read("a,b\n1,2\n", mapping)


def test_records_of_json_may_have_keys_of_their_own() -> None:
    assert read('{"a": 1, "b": "x"}\n{"c": null, "a": 2}\n') == [{"a": 1, "b": "x"}, {"c": None, "a": 2}]
