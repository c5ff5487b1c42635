"""What is one value, and what is two, to the canonical notation."""

import json
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from common.canonical import canonical_bytes

TEXT = some.text(some.characters(exclude_categories=["Cs"]))
NUMBERS = (
    some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.decimals(allow_nan=False, allow_infinity=False)
)
MOMENTS = some.datetimes(timezones=some.just(UTC)) | some.datetimes() | some.dates() | some.times()
SCALARS = some.none() | some.booleans() | TEXT | NUMBERS | MOMENTS | some.binary() | some.uuids()
VALUES = some.recursive(
    SCALARS, lambda inner: some.lists(inner) | some.dictionaries(TEXT, inner), max_leaves=12
)


def unique_in_nfc(value: object) -> bool:
    if isinstance(value, dict):
        names = {unicodedata.normalize("NFC", key) for key in value}
        return len(names) == len(value) and all(map(unique_in_nfc, value.values()))
    return all(map(unique_in_nfc, value)) if isinstance(value, list) else True


@pytest.mark.parametrize(
    "same",
    [
        (1, 1.0, Decimal("1.00"), Decimal("1E0")),
        (0, -0.0, Decimal("-0.00"), Decimal("0E+9")),
        (1.5, Decimal("1.50"), Decimal("15E-1")),
        (0.1, Decimal("0.1")),
        (10**22, 1e22, Decimal("1E+22")),
        (2**64, Decimal(2**64)),
        (-(2**63), Decimal(-(2**63))),
        (10**15, 1e15),
        ("é", "e\u0301"),
        ([1, 2], (1, 2)),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}),
        ({"é": 1}, {"e\u0301": 1}),
        (
            datetime(2026, 1, 31, 8, tzinfo=UTC),
            datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=2))),
        ),
        (UUID(int=5), str(UUID(int=5))),
    ],
)
def test_what_means_the_same_is_written_the_same(same: tuple[object, ...]) -> None:
    assert len({canonical_bytes(value) for value in same}) == 1


def test_what_differs_in_kind_or_value_is_written_differently() -> None:
    noon = datetime(2026, 1, 31, 12)  # noqa: DTZ001  # a local time is one of the kinds
    values = [
        *(None, "", "null", [], {}, [None], [[]], {"a": None}, {"": None}, {"": {}}, [""]),
        *(True, 1, "1", "1.0", "true", False, 0, "0", 15, 1.5, 0.15, -1.5, 2**64, 2**64 - 1, 10**30, 10**31),
        *(0.1 + 0.2, 0.3, Decimal("0.30000000000000000000000000000000001"), Decimal("1E-400"), "15e-1"),
        *(noon, noon.replace(tzinfo=UTC), noon.replace(microsecond=1), noon.date(), noon.time()),
        *("2026-01-31T12:00:00Z", "2026-01-31", {"": ["date", "2026-01-31"]}, ["date", "2026-01-31"]),
        *(b"", b"ab", "6162", {"": ["bytes", "6162"]}),
        *({"": ["object", []]}, {"": ["object", [["", None]]]}, {"": 1, "a": 2}),
    ]
    assert len({canonical_bytes(value) for value in values}) == len(values)


@pytest.mark.parametrize(
    "number",
    [float("nan"), float("inf"), -float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")],
)
@pytest.mark.parametrize(
    "place", [lambda x: x, lambda x: [x], lambda x: {"price": x}], ids=["bare", "in a list", "in a record"]
)
def test_what_is_not_a_number_is_refused_wherever_it_hides(number: object, place) -> None:
    with pytest.raises(ValueError, match="not a number"):
        canonical_bytes(place(number))


def test_numpy_and_other_foreign_types_are_refused_with_the_next_step() -> None:
    numpy = pytest.importorskip("numpy")
    for value in (
        numpy.float64(1),
        numpy.int64(1),
        numpy.array([1]),
        numpy.str_("a"),
        numpy.bool_(True),
        {1, 2},
        object(),
    ):
        with pytest.raises(TypeError, match=r"common\.boundary\.clean"):
            canonical_bytes(value)


@pytest.mark.parametrize("value", ["\ud800", ["a\udfff"], {"\ud800": 1}])
def test_a_lone_surrogate_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no canonical form"):
        canonical_bytes(value)


def test_keys_that_are_one_in_nfc_are_refused() -> None:
    with pytest.raises(ValueError, match="same text in NFC"):
        canonical_bytes({"é": 1, "e\u0301": 2})


def test_a_key_that_is_not_text_is_refused() -> None:
    with pytest.raises(TypeError, match="key of a record is text"):
        canonical_bytes({1: "a"})


def test_nesting_without_end_is_refused() -> None:
    for depth in (300, 100_000):
        value: list[object] = []
        for _ in range(depth):
            value = [value]
        with pytest.raises(ValueError, match=r"canonical form"):
            canonical_bytes(value)


def test_an_instant_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        canonical_bytes([datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))])


def test_a_number_with_a_huge_exponent_costs_nothing() -> None:
    assert canonical_bytes(Decimal("1E+999999999")) == b"1e999999999"


@settings(deadline=None, max_examples=50)
@given(VALUES)
def test_the_notation_is_json_in_nfc_whose_keys_stand_in_order_and_once(value: object) -> None:
    assume(unique_in_nfc(value))
    written = canonical_bytes(value).decode()
    records: list[list[str]] = []
    json.loads(written, object_pairs_hook=lambda pairs: records.append([key for key, _ in pairs]))
    assert all(keys == sorted(set(keys)) for keys in records)
    assert unicodedata.is_normalized("NFC", written)


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_two_numbers_are_one_exactly_when_they_print_as_one(one, other) -> None:
    def exact(number: float | Decimal) -> Decimal:
        return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)

    assert (canonical_bytes(one) == canonical_bytes(other)) == (exact(one) == exact(other))


@settings(deadline=None, max_examples=50)
@given(VALUES, VALUES)
def test_values_with_one_notation_are_equal_to_python_too(one: object, other: object) -> None:
    """Nothing that Python tells apart (but for the types we join on purpose) gets one notation."""
    assume(unique_in_nfc(one) and unique_in_nfc(other))
    if canonical_bytes(one) == canonical_bytes(other):
        assert plain(one) == plain(other)


def plain(value: object) -> object:
    """`value` reduced by hand to what the notation must keep."""
    match value:
        case bool() | None:
            return ("constant", value)
        case str() | UUID():
            return unicodedata.normalize("NFC", str(value))
        case float():
            return Decimal(repr(value))
        case int() | Decimal():
            return Decimal(value)
        case datetime():
            return ("aware" if value.tzinfo else "naive", value.isoformat())
        case date() | time() | bytes():
            return (type(value).__name__, value)
        case list():
            return [plain(each) for each in value]
        case dict():
            return {unicodedata.normalize("NFC", key): plain(content) for key, content in value.items()}
    raise AssertionError(value)
