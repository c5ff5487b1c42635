"""Which header is read as which column."""

import io
import json
from pathlib import Path

import pytest

from common.errors import Usage
from common.intake import Columns, Row, read_mapping, read_rows
from functions.fetch.parts.columns import PARTS_COLUMNS
from functions.fetch.parts.record import normalise

COLUMNS = Columns(
    ("pn", "manufacturer", "brand"),
    {"pn": ("mpn", "part number")},
    {"manufacturer": "brand"},
    required=("pn",),
)


def places(
    *headers: str, columns: Columns = COLUMNS, mapping: dict[str, str | None] | None = None
) -> dict[str, int]:
    return dict(columns.assign(headers, mapping or {}).places)


def test_headers_are_compared_by_letters_and_digits() -> None:
    for header in (
        "Part Number",
        "PART_NUMBER",
        "part-number",
        " partNumber ",
        "Part  number:",
        "ＰＡＲＴ number",
    ):
        assert places(header) == {"pn": 0}


def test_the_best_name_wins_whatever_the_order() -> None:
    assert places("part number", "mpn", "x") == places("part number", "mpn") == {"pn": 1}
    assert places("pn", "mpn") == {"pn": 0}
    assert COLUMNS.assign(("part number", "mpn"), {}).unused == ("part number",)


def test_one_header_may_serve_for_two_columns_when_one_is_missing() -> None:
    assert places("pn", "brand") == {"pn": 0, "brand": 1, "manufacturer": 1}
    assert places("pn", "brand", "manufacturer") == {"pn": 0, "brand": 1, "manufacturer": 2}


def test_a_mapping_wins_over_every_name_and_may_leave_a_header_out() -> None:
    mapping: dict[str, str | None] = {"Artikel": "pn", "brand": None}
    assert places("pn", "artikel", "Brand", mapping=mapping) == {"pn": 1}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Artikel": "part"}, "there are only: pn, manufacturer, brand"),
        ({"Artikel": "pn", "Nummer": "pn"}, "twice"),
        ({"Artikel": "pn", "ARTIKEL": "brand"}, "twice"),
        ({"Nummer": "pn"}, "the file's headers are: 'Artikel'"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(mapping: dict[str, str | None], message: str) -> None:
    with pytest.raises(Usage, match=message):
        read_rows(io.BytesIO(b"Artikel\n1\n"), COLUMNS, mapping)


def test_a_mapping_serves_json_too() -> None:
    with read_rows(io.BytesIO(b'[{"Artikel": "1"}]'), COLUMNS, {"Artikel": "pn"}) as rows:
        assert list(rows) == [Row(1, {"pn": "1"})]


def test_a_mapping_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps({"Artikel": "pn", "Notiz": None}), encoding="utf-8-sig")
    assert read_mapping(path, COLUMNS) == {"Artikel": "pn", "Notiz": None}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be opened"),
        ("{", "is not JSON"),
        ("[]", "one JSON object"),
        ('{"a": 1}', "one JSON object"),
    ],
)
def test_a_mapping_file_that_is_none_says_so(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "mapping.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Usage, match=message):
        read_mapping(path, COLUMNS)


def test_a_table_of_columns_in_which_a_header_means_two_is_refused() -> None:
    with pytest.raises(ValueError, match="would mean both a and b"):
        Columns(("a", "b"), {"a": ("x",), "b": ("X",)})
    with pytest.raises(ValueError, match="Not among the columns: c"):
        Columns(("a", "b"), {"c": ("x",)})


class TestPartsColumns:
    @pytest.mark.parametrize(
        "header",
        [
            "pn",
            "PN",
            "Part Number",
            "part_number",
            "MPN",
            "Manufacturer Part Number",
            "Mfr. Part #",
            "Mfr P/N",
            "P/N",
        ],
    )
    def test_part_number(self, header: str) -> None:
        assert places(header, columns=PARTS_COLUMNS) == {"pn": 0}

    @pytest.mark.parametrize("header", ["Manufacturer", "Maker", "mfr", "MFG", "Manufacturer Name"])
    def test_maker(self, header: str) -> None:
        assert places(header, columns=PARTS_COLUMNS) == {"manufacturer": 0}

    def test_brand_is_the_maker_when_nothing_else_is(self) -> None:
        assert places("pn", "Brand", columns=PARTS_COLUMNS)["manufacturer"] == 1

    def test_there_are_the_25_of_the_table_and_the_percentile(self) -> None:
        assert len(PARTS_COLUMNS.names) == 26

    @pytest.mark.parametrize("header", ["score", "priority_score", "Priority Score", "priority_score.score"])
    def test_a_flat_score_reaches_the_record(self, header: str) -> None:
        content = f"mpn,{header},priority_score.percentile\nBLF177,92.2,0.0043\nX,high,\n".encode()
        with read_rows(io.BytesIO(content), PARTS_COLUMNS) as rows:
            good, bad = [normalise(entry.values) for entry in rows if isinstance(entry, Row)]
        assert isinstance(good, dict)
        assert good["priority"] == {"score": 0.922, "percentile": 0.0043, "has_score": True}
        assert isinstance(bad, list)
        assert (bad[0].column, bad[0].reason, bad[0].in_row(3).row) == ("priority_score", "not_a_number", 3)
