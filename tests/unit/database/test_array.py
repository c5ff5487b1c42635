"""How an array is written for Postgres."""

from common.database.array import array


def test_numbers_are_bare() -> None:
    assert array([1, -2, 3]) == "{1,-2,3}"


def test_texts_are_quoted_so_that_none_of_them_is_taken_for_anything_else() -> None:
    assert array(["a", "NULL", "", "x,y", "{z}"]) == '{"a","NULL","","x,y","{z}"}'


def test_quotes_and_backslashes_are_escaped() -> None:
    assert array(['5" \\ 6"']) == '{"5\\" \\\\ 6\\""}'


def test_none_is_null() -> None:
    assert array([None, "a", 1]) == '{NULL,"a",1}'


def test_text_loses_what_postgres_cannot_hold() -> None:
    assert array(["a\0b", "c\ud800"]) == '{"ab","c"}'


def test_nothing_is_the_empty_array() -> None:
    assert array(()) == "{}"


def test_any_iterable_will_do() -> None:
    assert array(number for number in range(3)) == "{0,1,2}"
