"""A file is read within bounds, whatever is in it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.customers.checking import check
from common.customers.limits import DEEPEST, LARGEST_FILE
from tests.unit.customers.books import SOUND, book_of

PIECES = st.sampled_from(
    [
        *("customers:", "- canonical: A", "boards:", "review_count:", "\n", "  ", "\t"),
        *("&a", "*a", "<<", "? ", ": ", "[", "]", "{", "}", ",", "'", '"', "|", ">-", "#", "~"),
        *("!!python/object:os.system", "%YAML 9.9", "---", "...", "\\0", "é"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.text() | st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join) | st.binary())
def test_no_content_makes_it_fail(content: str | bytes) -> None:
    checked = check(content)
    assert (checked.book is None) == bool(checked.errors)
    assert all(problem.line >= 1 for problem in checked.problems)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SOUND)), PIECES | st.text(max_size=2))
def test_a_sound_book_with_something_put_in_does_not_make_it_fail(place: int, piece: str) -> None:
    checked = check(SOUND[:place] + piece + SOUND[place:])
    assert (checked.book is None) == bool(checked.errors)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"customers:\n- canonical: \xff\n", 2, "not_utf8"),
        ("customers:\n- canonical: 'A\n", 3, "not_yaml"),
        ("customers: [\n  }\n", 2, "not_yaml"),
        ("\tcustomers: x\n", 1, "not_yaml"),
        ("", 1, "empty"),
        ("# nothing yet\n", 1, "empty"),
        ("- canonical: A\n", 1, "not_a_mapping"),
        ("a: 1\n---\nb: 2\n", 2, "documents"),
        ("a: 1\nb: *nothing\n", 2, "unknown_alias"),
        ("a: &x [*x]\n", 1, "unknown_alias"),
        ("a: &x [1]\nb: &x [*x]\n", 2, "unknown_alias"),
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", 2, "unknown_tag"),
        ("a: 1\nb: x\x00y\n", 2, "no_text"),
        ("a: 1\nb: x\ud800y\n", 2, "no_text"),
        ('a: 1\nb: "x\\0y"\n', 2, "no_text"),
        ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "too_deep"),
        ("[" * 100_000, 1, "too_deep"),
        ("a: [" + "1," * 250_000 + "]", 1, "too_large"),
        (b" " * (LARGEST_FILE + 1), 1, "too_large"),
    ],
)
def test_what_is_no_book_is_told_at_its_line(content: str | bytes, line: int, reason: str) -> None:
    checked = check(content)
    assert [(each.line, each.reason) for each in checked.problems] == [(line, reason)]
    assert not checked.is_readable


def test_every_bad_character_and_tag_is_told() -> None:
    assert [each.line for each in check("a: \x01\nb: \x02\n\nc: \x03").problems] == [1, 2, 4]
    assert [each.line for each in check("a: !x 1\nb: !y {}\n").problems] == [1, 2]


def test_aliases_that_grow_without_end_are_refused_at_once() -> None:
    levels = 9
    bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]\n" for level in range(1, levels)
    )
    began = time.process_time()
    [problem] = check(bomb).problems
    assert (problem.line, problem.reason) == (6, "too_large")
    assert time.process_time() - began < 1


def test_aliases_that_go_deeper_than_anybody_writes_are_refused() -> None:
    chain = "l0: &l0 [x]\n" + "".join(f"l{level}: &l{level} [*l{level - 1}]\n" for level in range(1, 20))
    [problem] = check(chain).problems
    assert (problem.line, problem.reason) == (DEEPEST, "too_deep")


def test_what_is_the_same_for_many_customers_may_be_written_once() -> None:
    book = book_of(
        """
        customers:
          - canonical: A
            status: review
            order_key_config: &usual {unique_keys: [AAG ORDER NUMBER, PO NUMBER]}
          - {canonical: B, status: review, order_key_config: *usual}
        """
    )
    assert book.find("B").unique_keys == ("AAG ORDER NUMBER", "PO NUMBER")


def test_a_book_of_thousands_is_checked_in_seconds() -> None:
    entries = "".join(
        f"- {{canonical: C{number}, status: review, aliases: [A{number}, B{number}], shipped: S{number}}}\n"
        for number in range(4_000)
    )
    began = time.process_time()
    assert len(book_of(f"customers:\n{entries}").customers) == 4_000
    assert time.process_time() - began < 10
