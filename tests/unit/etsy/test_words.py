"""Titles, tags, materials, eras and marks: what becomes of a seller's words on their way to Etsy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refuse
from functions.push.etsy.eras import when_made
from functions.push.etsy.marks import has_mark, mark_of, with_mark, without_mark
from functions.push.etsy.tags import materials, tags
from functions.push.etsy.titles import LONGEST, title
from infra.local.vendors.etsy import rules

WORDS = st.text(max_size=300)


def test_a_title_that_is_in_order_stays_as_it_is() -> None:
    made = title("Sunflower Tumbler Wrap, 16 oz – 50% off: ready™")
    assert (made.value, made.notes) == ("Sunflower Tumbler Wrap, 16 oz – 50% off: ready™", ())


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ("  two \n lines\t", "two lines"),
        ("cafe\u0301", "café"),
        ("star ★ sign", "star sign"),
        ("salt & pepper & oil", "salt & pepper and oil"),
        ("a: b: c", "a: b - c"),
        ("1 + 2 + 3", "1 + 2 plus 3"),
        ("5% of 10%", "5% of 10 percent"),
    ],
)
def test_what_etsy_does_not_take_in_a_title_is_said_otherwise(given_: str, made: str) -> None:
    assert title(given_).value == made


def test_a_title_too_long_is_cut_between_words_and_says_so() -> None:
    long = "word " * 40
    made = title(long)
    assert made.value == ("word " * 28).strip()
    assert made.notes == ("title: cut from 199 to 139 characters; Etsy allows 140",)


def test_a_title_of_exactly_the_length_is_not_cut() -> None:
    whole = "a" * 70 + " " + "b" * 69
    assert title(whole).value == whole


@pytest.mark.parametrize("text", ["", " \n", "★★", "a" * 141, "& " + "a" * 141])
def test_a_title_that_nothing_can_be_made_of_is_refused(text: str) -> None:
    with pytest.raises(Refuse) as raised:
        title(text)
    assert raised.value.reason == "etsy_title"


@given(WORDS)
def test_whatever_is_made_of_a_title_is_taken_and_stays_the_same(text: str) -> None:
    try:
        made = title(text).value
    except Refuse:
        return
    rules.check_title(made)
    assert len(made) <= LONGEST
    assert title(made).value == made


def test_tags_are_cleaned_and_stand_once_each() -> None:
    made = tags(["Sun  Flower", "mug's", "sun flower", "what?", "★"])
    assert made.value == ("Sun Flower", "mug's", "what")
    assert len(made.notes) == 4


def test_fourteen_tags_are_a_problem_with_a_name() -> None:
    assert len(tags([f"tag {number}" for number in range(13)]).value) == 13
    with pytest.raises(Refuse) as raised:
        tags([f"tag {number}" for number in range(14)])
    assert raised.value.reason == "etsy_too_many_tags"


def test_a_tag_too_long_is_a_problem_and_never_cut() -> None:
    assert tags(["a" * 20]).value == ("a" * 20,)
    with pytest.raises(Refuse, match="shorten") as raised:
        tags(["a" * 21])
    assert raised.value.reason == "etsy_tag_too_long"


def test_materials_have_no_hyphens_and_are_thirteen_at_most() -> None:
    assert materials(["oak-wood", "ink"]).value == ("oak wood", "ink")
    with pytest.raises(Refuse) as raised:
        materials([f"material {number}" for number in range(14)])
    assert raised.value.reason == "etsy_too_many_materials"


@given(st.lists(st.text(max_size=25), max_size=15))
def test_whatever_is_made_of_tags_and_materials_is_taken(words: list[str]) -> None:
    for make, check in ((tags, rules.check_tags), (materials, rules.check_materials)):
        try:
            made = make(words).value
        except Refuse:
            continue
        check(made)
        assert not any("," in word for word in made)


@pytest.mark.parametrize(
    ("value", "year", "made"),
    [
        ("2020_2025", 2026, "2020_2026"),
        ("2020_2026", 2027, "2020_2027"),
        ("made_to_order", 2027, "made_to_order"),
        ("before_2007", 2027, "before_2007"),
    ],
)
def test_the_youngest_era_follows_the_calendar(value: str, year: int, made: str) -> None:
    assert when_made(value, year) == made


def test_a_mark_is_the_same_for_the_same_thing_only() -> None:
    assert mark_of("t", "ab", "c") == mark_of("t", "ab", "c")
    assert (
        len({mark_of("t", "ab", "c"), mark_of("t", "a", "bc"), mark_of("t", "ab"), mark_of("u", "ab", "c")})
        == 4
    )


@given(WORDS)
def test_a_mark_is_put_in_found_and_taken_out(text: str) -> None:
    mark = mark_of("default", "design", "1")
    marked = with_mark(text, mark)
    assert has_mark(marked, mark)
    assert not has_mark(marked, mark_of("default", "design", "2"))
    assert without_mark(marked) == without_mark(text)
    assert with_mark(marked, mark) == marked


def test_a_mark_is_found_where_a_seller_has_moved_it_to() -> None:
    mark = mark_of("default", "design", "1")
    assert has_mark(f"A wrap.\n{mark}\nPlease write to us.", mark)
    assert not has_mark(f"A wrap. {mark}X", mark)
