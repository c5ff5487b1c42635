"""From a raw parts row to a normalised record, or to what is wrong with it."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.canonical import record_hash
from common.problems import Problem
from functions.fetch.parts.record import RECORD_COLUMNS, RECORD_VERSION, normalise, record_key

RAW: dict[str, Any] = {
    "product_id": "0123456789abcdef0123456789abcdef",
    "pn": " BLF177 ",
    "product_series": "BLF",
    "manufacturer": "NXP",
    "brand": "NXP  Semiconductors",
    "category": "Semiconductors > RF->Transistors|Power\nMOSFET",
    "title": "RF transistor",
    "description": None,
    "datasheet_url": "//example.com/blf177.pdf",
    "lifecycle_status": "obsolete",
    "package_type": "SOT121B",
    "intro_date": date(1998, 3, 1),
    "country_of_origin": "NL",
    "primary_image_url": "/images/blf177.jpg",
    "created": datetime(2026, 1, 31, 8, tzinfo=UTC),
    "modified": "2026-02-01 09:30:00 UTC",
    "active_for_use": "Yes",
    "manuf_standard_packaging": 20,
    "specs": [
        {"spec_name": "Gain", "spec_value": 19.0, "spec_units": "dB"},
        {"spec_name": None, "spec_value": ""},
    ],
    "images": [{"image_id": 7, "image_url": "//example.com/7.jpg"}],
    "sellers": [{"name": "Acme Parts", "price": Decimal("58.90"), "in_stock": True}],
    "docs": [{"doc_url": "https://example.com/d.pdf", "doc_desc": "Datasheet", "doc_type": "datasheet"}],
    "compliance": [{"type": "RoHS", "value": "Yes"}],
    "extra": [{"name": "Moisture", "value": 1}],
    "priority_score": {
        "base": 0.85,
        "boosted": 1.082,
        "score": 92.2,
        "percentile": 0.0043,
        "updated_at": datetime(2026, 1, 1, tzinfo=UTC),
        "has_score": True,
        "tier": "A",
    },
}


def record_of(**columns: Any) -> dict[str, Any]:
    record = normalise({"pn": "X1", **columns})
    assert isinstance(record, dict), record
    return record


def problems_of(**columns: Any) -> list[tuple[str, str]]:
    problems = normalise({"pn": "X1", **columns})
    assert isinstance(problems, list), problems
    assert all(problem.detail.endswith((".", ")")) or problem.detail for problem in problems)
    return [(problem.column, problem.reason) for problem in problems]


def test_a_full_row_of_the_table() -> None:
    assert len(RAW) == 25
    assert normalise(RAW) == {
        "part_number": "BLF177",
        "manufacturer": "NXP",
        "product_id": "0123456789abcdef0123456789abcdef",
        "product_series": "BLF",
        "brand": "NXP Semiconductors",
        "category_path": ["Semiconductors", "RF", "Transistors", "Power", "MOSFET"],
        "title": "RF transistor",
        "description": None,
        "datasheet_url": "https://example.com/blf177.pdf",
        "lifecycle_status": "Obsolete",
        "package_type": "SOT121B",
        "intro_date": "1998-03-01",
        "country_of_origin": "NL",
        "primary_image_url": "/images/blf177.jpg",
        "created": "2026-01-31T08:00:00Z",
        "modified": "2026-02-01T09:30:00Z",
        "active_for_use": True,
        "manuf_standard_packaging": "20",
        "specs": [{"name": "Gain", "value": "19", "unit": "dB"}],
        "images": [{"id": "7", "url": "https://example.com/7.jpg"}],
        "sellers": [{"in_stock": "true", "name": "Acme Parts", "price": "58.9"}],
        "docs": [{"url": "https://example.com/d.pdf", "description": "Datasheet", "type": "datasheet"}],
        "compliance": [{"type": "RoHS", "value": "Yes"}],
        "extra": [{"name": "Moisture", "value": "1"}],
        "priority": {"score": 0.922, "percentile": 0.0043, "has_score": True},
    }


def test_a_record_can_be_stored_as_json_and_has_a_key() -> None:
    record = normalise(RAW)
    assert isinstance(record, dict)
    assert json.loads(json.dumps(record)) == record
    assert record_key(record) == "nxp|blf177"


def test_a_row_as_a_client_library_delivers_it() -> None:
    numpy = pytest.importorskip("numpy")
    row = {
        **RAW,
        "specs": numpy.array(RAW["specs"], dtype=object),
        "images": numpy.array(RAW["images"], dtype=object),
        "manuf_standard_packaging": numpy.int64(20),
        "created": numpy.datetime64("2026-01-31T08:00:00", "ns"),
        "active_for_use": numpy.bool_(True),
        "description": float("nan"),
    }
    assert normalise(row) == normalise(RAW)


def test_nothing_but_a_part_number_is_enough() -> None:
    record = record_of()
    assert record["manufacturer"] is None
    assert record["category_path"] == record["specs"] == []
    assert record["priority"] == {"score": None, "percentile": None, "has_score": False}


@pytest.mark.parametrize("missing", [None, "", "  ", float("nan"), "\u200b"])
def test_without_a_part_number_a_row_is_refused(missing: object) -> None:
    assert problems_of(pn=missing) == [("pn", "missing")]
    problems = normalise({})
    assert isinstance(problems, list)
    assert problems[0].reason == "missing"


def test_all_problems_of_a_row_are_told_at_once() -> None:
    wrong = {"intro_date": "soon", "active_for_use": "perhaps", "datasheet_url": "javascript:alert(1)"}
    expected = {
        ("intro_date", "not_a_date"),
        ("active_for_use", "not_true_or_false"),
        ("datasheet_url", "unsafe_url"),
    }
    assert set(problems_of(**wrong)) == expected


def test_a_problem_quotes_the_beginning_of_the_value() -> None:
    problems = normalise({"pn": "X1", "intro_date": "soon" * 100})
    assert problems == [
        Problem(
            "intro_date",
            "not_a_date",
            ("soon" * 100)[:79] + "…",
            "Write dates as 2026-01-31, times as 2026-01-31T08:00:00Z.",
        )
    ]


@pytest.mark.parametrize("column", ["pn", "manufacturer", "brand", "title", "package_type"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}, True])
def test_a_list_where_one_text_belongs_is_a_problem(column: str, value: object) -> None:
    assert (column, "not_text") in problems_of(**{column: value})


def test_a_type_that_nobody_knows_is_a_problem_of_its_column() -> None:
    assert problems_of(title=object()) == [("title", "unknown_type")]


def test_a_name_too_long_is_a_problem() -> None:
    assert problems_of(pn="x" * 256) == [("pn", "too_long")]
    assert record_of(pn="x" * 255)["part_number"] == "x" * 255


def test_numbers_read_as_part_numbers_are_written_as_people_do() -> None:
    assert [record_of(pn=raw)["part_number"] for raw in (4001, 4001.0, Decimal("1E+3"), "0402")] == [
        "4001",
        "4001",
        "1000",
        "0402",
    ]


class TestScore:
    @pytest.mark.parametrize(
        ("score", "fraction"),
        [(0, 0.0), (20, 0.2), (92.2, 0.922), (100, 1.0), ("92.2", 0.922), (Decimal("60"), 0.6)],
    )
    @pytest.mark.parametrize("shape", ["record", "figure", "text"])
    def test_is_divided_by_a_hundred_whatever_its_shape(
        self, score: Any, fraction: float, shape: str
    ) -> None:
        raw = {"record": {"score": score}, "figure": score, "text": json.dumps({"score": float(score)})}[
            shape
        ]
        assert record_of(priority_score=raw)["priority"] == {
            "score": fraction,
            "percentile": None,
            "has_score": True,
        }

    @pytest.mark.parametrize(
        ("score", "reason"),
        [
            ("high", "not_a_number"),
            (100.1, "out_of_range"),
            (-1, "out_of_range"),
            ("1e999", "out_of_range"),
            (True, "not_a_number"),
            ([1], "not_a_number"),
        ],
    )
    def test_that_is_no_score_is_a_problem(self, score: object, reason: str) -> None:
        assert problems_of(priority_score={"score": score}) == [("priority_score", reason)]

    @pytest.mark.parametrize("score", [None, "", float("nan"), "NaN", Decimal("NaN"), " null "])
    def test_that_is_absent_is_no_score_rather_than_zero(self, score: object) -> None:
        assert record_of(priority_score={"score": score, "has_score": True})["priority"]["has_score"] is False
        assert record_of(priority_score={"score": 0})["priority"]["has_score"] is True

    def test_does_not_count_when_the_source_says_there_is_none(self) -> None:
        assert record_of(priority_score={"score": 50, "has_score": False})["priority"]["score"] is None

    def test_percentile_is_a_share_also_from_a_column_of_its_own(self) -> None:
        assert record_of(priority_score="50", percentile="0.25")["priority"]["percentile"] == 0.25
        assert problems_of(priority_score={"score": 50, "percentile": 1.1}) == [
            ("priority_score", "out_of_range")
        ]

    def test_percentile_out_of_range_is_a_problem_of_its_own_column(self) -> None:
        assert problems_of(priority_score="50", percentile="2") == [("percentile", "out_of_range")]

    def test_broken_json_is_a_problem(self) -> None:
        assert problems_of(priority_score="{score: 1") == [("priority_score", "not_a_number")]


class TestCategory:
    @pytest.mark.parametrize(
        ("raw", "path"),
        [
            ("A > B > C", ["A", "B", "C"]),
            ("A|B", ["A", "B"]),
            ("A->B -> C", ["A", "B", "C"]),
            ("A\nB\r\nC", ["A", "B", "C"]),
            ("A > > B||C", ["A", "B", "C"]),
            ("  A   and  B ", ["A and B"]),
            ("Resistors >1 W", ["Resistors >1 W"]),
            ("A/B, C", ["A/B, C"]),
            ("", []),
            (None, []),
            (["A", " B ", None, ""], ["A", "B"]),
        ],
    )
    def test_path(self, raw: object, path: list[str]) -> None:
        assert record_of(category=raw)["category_path"] == path


class TestUrl:
    @pytest.mark.parametrize(
        ("raw", "address"),
        [
            ("//example.com/a.pdf", "https://example.com/a.pdf"),
            ("http://example.com/a b.pdf", "http://example.com/a%20b.pdf"),
            ("www.example.com/a.pdf", "https://www.example.com/a.pdf"),
            ("/a.pdf", "/a.pdf"),
            ("a/b.pdf", "a/b.pdf"),
            ("HTTPS://EXAMPLE.com", "HTTPS://EXAMPLE.com"),
            (" ", None),
        ],
    )
    def test_address(self, raw: str, address: str | None) -> None:
        assert record_of(datasheet_url=raw)["datasheet_url"] == address

    @pytest.mark.parametrize(
        "raw",
        [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " JavaScript:x",
            "data:text/html,x",
            "file:///etc/passwd",
        ],
    )
    def test_that_people_must_not_click_on_is_a_problem(self, raw: str) -> None:
        assert problems_of(datasheet_url=raw) == [("datasheet_url", "unsafe_url")]
        assert problems_of(docs=[{"doc_url": raw}]) == [("docs", "unsafe_url")]


class TestDates:
    @pytest.mark.parametrize("raw", [None, "", "NaT", "nan", "null", float("nan")])
    def test_absent(self, raw: object) -> None:
        assert record_of(intro_date=raw, created=raw)["intro_date"] is None

    @pytest.mark.parametrize(
        "raw",
        [
            "2026-01-31",
            "2026-01-31T23:59:59",
            "20260131",
            datetime(2026, 1, 31, tzinfo=UTC),
            date(2026, 1, 31),
        ],
    )
    def test_day(self, raw: object) -> None:
        assert record_of(intro_date=raw)["intro_date"] == "2026-01-31"

    @pytest.mark.parametrize(
        ("raw", "instant"),
        [
            ("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00Z"),
            ("2026-01-31 08:00:00 UTC", "2026-01-31T08:00:00Z"),
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            (datetime(2026, 1, 31, 8, 0, 0, 5), "2026-01-31T08:00:00.000005Z"),  # noqa: DTZ001  # as the source has it
        ],
    )
    def test_instant_is_in_utc(self, raw: object, instant: str) -> None:
        assert record_of(created=raw)["created"] == instant

    @pytest.mark.parametrize(
        "raw", ["31/01/2026", 1769846400, "soon", True, ["2026-01-31"], "0001-01-01T00:00:00+05:00"]
    )
    def test_what_is_no_time_is_a_problem(self, raw: object) -> None:
        assert problems_of(created=raw) == [("created", "not_a_date")]


class TestGroupsInOneCell:
    def test_json(self) -> None:
        record = record_of(
            specs='[{"spec_name": "R", "spec_value": 10.50, "spec_units": "k"}]', images='{"url": "/a.jpg"}'
        )
        assert record["specs"] == [{"name": "R", "value": "10.5", "unit": "k"}]
        assert record["images"] == [{"id": None, "url": "/a.jpg"}]

    def test_as_people_write_lists(self) -> None:
        record = record_of(
            specs="Resistance=10k; Tolerance: 1%",
            docs="//example.com/a.pdf | https://example.com/b,c.pdf",
            sellers="Acme; Parts & Co",
            compliance="RoHS=Yes",
        )
        assert record["specs"] == [
            {"name": "Resistance", "value": "10k", "unit": None},
            {"name": "Tolerance", "value": "1%", "unit": None},
        ]
        assert [doc["url"] for doc in record["docs"]] == [
            "https://example.com/a.pdf",
            "https://example.com/b,c.pdf",
        ]
        assert record["sellers"] == [{"name": "Acme"}, {"name": "Parts & Co"}]
        assert record["compliance"] == [{"type": "RoHS", "value": "Yes"}]

    @pytest.mark.parametrize(
        ("column", "raw", "reason"),
        [
            ("specs", "[1", "not_a_list"),
            ("specs", "10k", "not_a_list"),
            ("specs", [1], "bad_entry"),
            ("docs", 5, "not_a_list"),
            ("sellers", [[1]], "bad_entry"),
        ],
    )
    def test_what_is_no_list_is_a_problem(self, column: str, raw: object, reason: str) -> None:
        assert problems_of(**{column: raw}) == [(column, reason)]


class TestWhatMakesAPartChanged:
    def test_declared_columns(self) -> None:
        assert RECORD_VERSION == 1
        assert len(RECORD_COLUMNS) == 22
        assert set(record_of()) - set(RECORD_COLUMNS) == {"created", "modified", "priority"}

    def test_time_stamps_scores_and_new_columns_do_not(self) -> None:
        later = normalise(
            {**RAW, "modified": "2026-03-01", "priority_score": {"score": 1}, "warehouse": "MAIN"}
        )
        assert record_hash(dict(later), RECORD_COLUMNS) == record_hash(dict(normalise(RAW)), RECORD_COLUMNS)

    @pytest.mark.parametrize("column", ["title", "datasheet_url", "category", "pn", "manufacturer"])
    def test_any_content_does(self, column: str) -> None:
        changed = normalise({**RAW, column: "something else"})
        assert record_hash(dict(changed), RECORD_COLUMNS) != record_hash(dict(normalise(RAW)), RECORD_COLUMNS)


ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text()
    | some.dates()
    | some.decimals(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=50)
@given(some.dictionaries(some.sampled_from([*RAW, "percentile"]), ANYTHING))
def test_no_row_is_too_strange_for_a_record_or_a_list_of_problems(row: dict[str, Any]) -> None:
    result = normalise(row)
    if isinstance(result, dict):
        json.dumps(result, allow_nan=False)
        assert record_key(result)
        assert len(record_hash(result, RECORD_COLUMNS)) == 64
    else:
        assert result
        assert all(problem.column in (*RAW, "percentile") and problem.reason for problem in result)
