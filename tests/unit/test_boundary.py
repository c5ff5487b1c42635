"""What comes in from outside leaves the boundary as plain, storable Python."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.boundary import clean
from common.errors import Refuse


def test_nul_and_lone_surrogates_leave_every_string_at_every_depth() -> None:
    assert clean({"a\0": ["x\0y", {"b": "\ud800z", "c": ("q\udfff",)}]}) == {
        "a": ["xy", {"b": "z", "c": ["q"]}]
    }


def test_halves_of_one_character_are_joined_not_dropped() -> None:
    assert clean("\ud83d\ude00") == "\U0001f600"
    assert clean("\ud83d\0\ude00") == "\U0001f600"


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
)
def test_what_is_not_a_number_is_refused_or_taken_as_missing(number: object) -> None:
    with pytest.raises(Refuse, match="not a number") as refused:
        clean({"price": [number]})
    assert refused.value.reason == "not_a_number"
    assert clean({"price": [number]}, not_a_number="absent") == {"price": [None]}


def test_a_decimal_beyond_the_range_of_floats_is_a_number() -> None:
    assert clean(Decimal("1E+400")) == Decimal("1E+400")


def test_numpy_becomes_plain_python() -> None:
    numpy = pytest.importorskip("numpy")
    cleaned = clean(
        {
            "specs": numpy.array([{"spec_name": "Gain", "spec_value": numpy.float64(1.5)}], dtype=object),
            "stock": numpy.int64(7),
            "active": numpy.bool_(True),
            "name": numpy.str_("a\0b"),
            "matrix": numpy.array([[1, 2], [3, 4]]),
        }
    )
    assert cleaned == {
        "specs": [{"spec_name": "Gain", "spec_value": 1.5}],
        "stock": 7,
        "active": True,
        "name": "ab",
        "matrix": [[1, 2], [3, 4]],
    }
    assert [type(cleaned[name]) for name in ("stock", "active", "name")] == [int, bool, str]
    json.dumps(cleaned)
    with pytest.raises(Refuse):
        clean(numpy.array([1.0, numpy.nan]))


def test_numpy_times_are_utc_and_nat_is_none() -> None:
    numpy = pytest.importorskip("numpy")
    times = numpy.array(["2026-01-31T08:00:00.123456789", "NaT"], dtype="datetime64[ns]")
    moment = datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=UTC)
    assert clean(times) == [moment, None]
    assert clean(times[0]) == moment
    assert clean(times[1]) is None


class Timestamp(datetime):
    """Offers what pandas' Timestamp does: a datetime that makes a plain one of itself."""

    def to_pydatetime(self, warn: bool = True) -> datetime:
        return datetime(self.year, self.month, self.day, self.hour, tzinfo=self.tzinfo)


class NaTType:
    """As pandas' NaT is recognised: by the name of its type."""


def test_pandas_times_become_plain_ones_and_nat_becomes_none() -> None:
    cleaned = clean([Timestamp(2026, 1, 31, 8, tzinfo=UTC), NaTType()])
    assert cleaned == [datetime(2026, 1, 31, 8, tzinfo=UTC), None]
    assert type(cleaned[0]) is datetime


def test_dates_become_text_when_asked() -> None:
    dates = [
        date(2026, 1, 31),
        datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 1, 31, 8),  # noqa: DTZ001  # a time without a zone stays one
    ]
    assert clean(dates) == dates
    assert clean(dates, dates_as_text=True) == ["2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31T08:00:00"]


def test_a_time_that_utc_cannot_write_is_refused() -> None:
    with pytest.raises(Refuse, match="years 1 to 9999"):
        clean(datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), dates_as_text=True)


def test_children_of_plain_types_become_their_parents() -> None:
    class Colour(StrEnum):
        RED = "red"

    cleaned = clean([Colour.RED, UUID(int=1)])
    assert cleaned == ["red", "00000000-0000-0000-0000-000000000001"]
    assert type(cleaned[0]) is str


def test_whole_numbers_of_a_kind_and_bytes_stay_what_they_are() -> None:
    class Count(IntEnum):
        TWO = 2

    cleaned = clean([Count.TWO, b"ab", True])
    assert cleaned == [2, b"ab", True]
    assert [type(each) for each in cleaned] == [int, bytes, bool]


def test_a_field_whose_name_is_no_text_is_refused() -> None:
    with pytest.raises(Refuse, match="field's name is text"):
        clean({1: "a"})


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(Refuse, match=r"builtins\.object") as refused:
        clean({"a": [object()]})
    assert refused.value.reason == "unknown_type"


@settings(deadline=None)
@given(some.text(some.characters(categories=["Cs", "Cc", "L"])))
def test_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned == cleaned.encode().decode()


@settings(deadline=None)
@given(some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_good_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text
