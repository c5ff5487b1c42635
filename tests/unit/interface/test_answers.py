"""Answers of people, one by one and by file."""

import io

import pytest
from pydantic import ValidationError

from common.errors import Usage
from common.interface.answer_files import AnswerFile
from common.interface.answers import Answer, Document
from common.interface.by_hand import MOST_RECORDS, Record


def _read(text: str) -> AnswerFile:
    return AnswerFile(io.BytesIO(text.encode()))


def test_an_answer_says_something() -> None:
    with pytest.raises(Usage):
        Answer(note="nothing").checked()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//x", "file:///etc/passwd", "https://a b"])
def test_addresses_are_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError):
        Document(url=url)


def test_rows_of_one_part_are_one_answer_in_their_order() -> None:
    read = _read("pn,attribute_name,attribute_value,notes\nA,x,1,\nB,y,2,\nA,z,3,late\n")
    assert read.problems == []
    [(first, of_a), (second, _)] = read.answers
    assert (first, second) == (Record(part_number="A"), Record(part_number="B"))
    assert ([each.name for each in of_a.attributes], of_a.note) == (["x", "z"], "late")


def test_the_same_number_of_two_makers_is_two_parts() -> None:
    read = _read("part_number,manufacturer,extra_name,extra_value\nA,Acme,x,1\nA,Bolt,x,1\n")
    assert len(read.answers) == 2


def test_one_bad_row_holds_its_whole_part_back() -> None:
    read = _read("part_number,attribute_name,attribute_value\nA,x,1\na,y,\nB,x,1\n")
    assert [record.part_number for record, _ in read.answers] == ["B"]
    assert [(each.row, each.column) for each in read.problems] == [(3, "attribute_value")]


def test_a_file_answers_for_a_bounded_number_of_parts() -> None:
    rows = "".join(f"P{n},x,1\n" for n in range(MOST_RECORDS + 1))
    with pytest.raises(Usage, match="at most"):
        _read(f"part_number,extra_name,extra_value\n{rows}")


def test_a_file_without_part_numbers_is_refused() -> None:
    with pytest.raises(Usage):
        _read("attribute_name,attribute_value\nx,1\n")
