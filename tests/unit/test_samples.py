"""The samples are what their scripts write, and hold every edge they promise."""

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from functions.scrape.digikey.curated_aliases import curated_aliases
from functions.scrape.digikey.matching import (
    Ambiguous,
    Matched,
    NotFound,
    WrongManufacturer,
    match,
    normalised,
)
from functions.scrape.digikey.product import Product
from infra.local.samples import make_digikey_catalogue, make_parts
from infra.local.samples.families import parts

SCHEMA = Path(make_parts.__file__).with_name("parts_schema.json")
README = SCHEMA.with_name("README.md")
ALIASES = curated_aliases()
WEIGHTS = {
    "pn": 30,
    "manufacturer": 20,
    "category": 10,
    "description": 10,
    "specs": 15,
    "docs": 10,
    "images": 5,
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in make_parts.FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def catalogue() -> list[Product]:
    lines = make_digikey_catalogue.FILE.read_text(encoding="utf-8").splitlines()
    return [Product.parse(json.loads(line)) for line in lines]


def completeness(row: dict[str, Any]) -> int:
    """Per cent, by the weights of the decision table."""
    return sum(weight for column, weight in WEIGHTS.items() if present(row[column]))


def present(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def is_good(row: dict[str, Any]) -> bool:
    """Whether the row can be worked on: it has a number, and a score that is none or from 0 to 100."""
    points = (row["priority_score"] or {}).get("score")
    return present(row["pn"]) and (points is None or (isinstance(points, int | float) and 0 <= points <= 100))


def test_the_parts_file_is_what_its_script_writes() -> None:
    assert make_parts.FILE.read_text(encoding="utf-8") == make_parts.text()


def test_the_catalogue_file_is_what_its_script_writes() -> None:
    assert make_digikey_catalogue.FILE.read_text(encoding="utf-8") == make_digikey_catalogue.text()


def test_no_part_stands_twice_in_the_tables() -> None:
    numbers = Counter((part.maker, part.number) for part in parts())
    assert [part for part, count in numbers.items() if count > 1] == []


def test_the_readme_counts_right(rows: list[dict[str, Any]], catalogue: list[Product]) -> None:
    assert f"{len(rows)} rows of the BigQuery parts table" in README.read_text()
    assert f"{len(catalogue)} products that the DigiKey stand-in knows" in README.read_text()


TYPES: dict[str, tuple[type, ...]] = {
    "STRING": (str,),
    "DATE": (str,),
    "TIMESTAMP": (str,),
    "BOOLEAN": (bool,),
    "INTEGER": (int,),
    "NUMERIC": (str,),
    "FLOAT": (int, float, str),
}


def fits(value: Any, column: dict[str, Any]) -> bool:
    """Whether a value can be loaded into a BigQuery column."""
    if column["mode"] == "REPEATED":
        return isinstance(value, list) and all(fits(entry, {**column, "mode": "REQUIRED"}) for entry in value)
    if value is None:
        return bool(column["mode"] == "NULLABLE")
    if column["type"] == "RECORD":
        fields = {field["name"]: field for field in column["fields"]}
        return value.keys() <= fields.keys() and all(fits(value[name], fields[name]) for name in value)
    return isinstance(value, TYPES[column["type"]])


def test_every_row_fits_the_tables_schema(rows: list[dict[str, Any]]) -> None:
    schema = {column["name"]: column for column in json.loads(SCHEMA.read_text())}
    assert len(schema) == 25
    for row in rows:
        assert row.keys() == schema.keys()
        assert [name for name, value in row.items() if not fits(value, schema[name])] == []


def test_every_row_with_a_score_says_that_the_score_job_is_a_sample(rows: list[dict[str, Any]]) -> None:
    assert all({"name": "score_job", "value": "sample"} in row["extra"] for row in rows)


def test_product_ids_are_unique(rows: list[dict[str, Any]]) -> None:
    assert len({row["product_id"] for row in rows}) == len(rows)


def test_completeness_falls_on_and_around_both_thresholds(rows: list[dict[str, Any]]) -> None:
    found = Counter(completeness(row) for row in rows if is_good(row))
    assert found.keys() >= {40, 50, 60, 75, 80, 85, 100}
    only_number_and_maker = [
        row for row in rows if completeness(row) == 50 and not row["docs"] and not row["specs"]
    ]
    assert len(only_number_and_maker) >= 20
    assert any(completeness(row) == 80 and not row["category"] for row in rows)


@pytest.mark.parametrize("points", [19.999, 20.0, 29.999, 30.0, 59.999, 60.0, 80.0, 100.0])
def test_scores_stand_on_and_beside_each_threshold_at_medium_and_at_low_completeness(
    rows: list[dict[str, Any]], points: float
) -> None:
    at = [row for row in rows if (row["priority_score"] or {}).get("score") == points]
    assert any(50 <= completeness(row) < 80 for row in at)
    assert any(completeness(row) < 50 for row in at)


def test_some_rows_have_no_score_in_either_way(rows: list[dict[str, Any]]) -> None:
    assert any(row["priority_score"] is None for row in rows)
    assert any(row["priority_score"] and not row["priority_score"]["has_score"] for row in rows)


def test_exactly_six_rows_are_for_the_quarantine(rows: list[dict[str, Any]]) -> None:
    bad = [row for row in rows if not is_good(row)]
    assert bad == rows[-6:]
    assert [row["priority_score"]["score"] for row in bad[2:]] == ["NaN", "Infinity", -3.5, 140.0]


@pytest.mark.parametrize("sign", [" > ", "|", "->", "\n", None, ""])
def test_categories_come_with_every_delimiter(rows: list[dict[str, Any]], sign: str | None) -> None:
    found = [row["category"] for row in rows]
    assert any(category == sign or (sign and category and sign in category) for category in found)


def test_addresses_dates_and_units_come_in_their_odd_forms(rows: list[dict[str, Any]]) -> None:
    text = make_parts.FILE.read_text(encoding="utf-8")
    assert any((row["datasheet_url"] or "").startswith("//") for row in rows)
    assert any((row["primary_image_url"] or "").startswith("/") for row in rows)
    assert {row["intro_date"] for row in rows} >= {None, "0001-01-01"}
    assert all(
        sign in text
        for sign in ("\u00b5", "\u03bc", "\u03a9", "\u2126", "Würth", unicodedata.normalize("NFD", "Würth"))
    )


def test_makers_are_spelled_in_many_ways(rows: list[dict[str, Any]]) -> None:
    found = {row["manufacturer"] for row in rows}
    assert found >= {
        "TI",
        "TEXAS INSTRUMENTS",
        "texas instruments",
        " Texas  Instruments ",
        "Texas Instruments",
        None,
    }


def test_the_twins_are_those_that_are_meant(rows: list[dict[str, Any]]) -> None:
    keys = Counter(
        (ALIASES.resolve(row["manufacturer"] or ""), normalised(row["pn"])) for row in rows if is_good(row)
    )
    assert {number for (_, number), count in keys.items() if count > 1} == {
        "sn74hc00n",
        "61300211121",
        "lm7805ct",
    }


def test_the_catalogue_knows_about_three_in_four_of_what_is_asked_and_every_kind_of_answer_occurs(
    rows: list[dict[str, Any]], catalogue: list[Product]
) -> None:
    asked = [row for row in rows if is_good(row) and completeness(row) < 80]
    found = [match(row["pn"], row["manufacturer"], catalogue, ALIASES) for row in asked]
    kinds = Counter(type(one) for one in found)
    assert kinds.keys() == {Matched, Ambiguous, NotFound, WrongManufacturer}
    assert 0.65 <= kinds[Matched] / len(found) <= 0.8
    assert sum(isinstance(one, Matched) and one.by == "other_name" for one in found) >= 20
