"""Answers for many records in one CSV file: several rows for one part number are one answer."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from pydantic import ValidationError

from common.errors import Usage
from common.intake import Columns, Problem, Row, read_rows
from common.interface.answers import Answer
from common.interface.by_hand import MOST_RECORDS, Record
from common.interface.desk import View

_ENTRIES: Mapping[str, Mapping[str, str]] = {
    "attributes": {"attribute_name": "name", "attribute_value": "value", "attribute_unit": "unit"},
    "extras": {"extra_name": "name", "extra_value": "value"},
    "documents": {"document_url": "url", "document_type": "type", "document_description": "description"},
    "sellers": {"seller_name": "name", "seller_type": "type"},
}
"""List of an answer → column of the file → field of an entry."""

ANSWER_COLUMNS = Columns(
    names=(
        "part_number", "manufacturer", "notes", "source_url",
        *(column for fields in _ENTRIES.values() for column in fields),
    ),
    synonyms={"part_number": ("mpn", "pn"), "manufacturer": ("maker", "mfr"), "notes": ("note",)},
    required=("part_number",),
)  # fmt: skip


class FileProblem(View):
    """What is wrong with one row. row: as an editor counts, the header being row 1."""

    row: int
    column: str
    reason: str
    detail: str


class AnswerFile:
    """The answers of a file by record, in the order in which they come, and what could not be read.

    A record with any bad row is left out as a whole, so that no half of an answer goes on.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.problems: list[FileProblem] = []
        self.rows = 0
        self._answers: dict[Record, dict[str, Any]] = {}
        self._bad: set[str] = set()
        with read_rows(stream, ANSWER_COLUMNS) as entries:
            for entry in entries:
                self.rows += 1
                self._take(entry)

    @property
    def answers(self) -> list[tuple[Record, Answer]]:
        """The answers without a bad row."""
        whole = [
            (record, said)
            for record, said in self._answers.items()
            if record.part_number.casefold() not in self._bad
        ]
        return [(record, Answer(**said)) for record, said in whole]

    def _take(self, entry: Row | Problem) -> None:
        if isinstance(entry, Problem):
            self._refuse(entry.row or 0, entry.column, entry.reason, entry.detail)
            return
        cells = {
            column: str(cell).strip()
            for column, cell in entry.values.items()
            if cell is not None and str(cell).strip()
        }
        number = cells.get("part_number")
        if number is None:
            self._refuse(entry.number, "part_number", "missing", "Every row names its part.")
            return
        said = _said(cells)
        try:
            Answer(**said).checked()
        except ValidationError as error:
            self._bad.add(number.casefold())
            for each in error.errors():
                self._refuse(entry.number, _column(each["loc"]), "bad_value", each["msg"])
        except Usage as error:
            self._bad.add(number.casefold())
            self._refuse(entry.number, "", error.reason, str(error))
        else:
            self._add(entry.number, Record(part_number=number, manufacturer=cells.get("manufacturer")), said)

    def _add(self, row: int, record: Record, said: Mapping[str, Any]) -> None:
        if record not in self._answers and len(self._answers) >= MOST_RECORDS:
            raise Usage(
                f"Row {row}: one file answers for at most {MOST_RECORDS} parts; split it.", reason="too_many"
            )
        known = self._answers.setdefault(record, {name: [] for name in _ENTRIES})
        for name in _ENTRIES:
            known[name] += said[name]
        for name in ("note", "source_url"):
            if name in said:
                known[name] = said[name]

    def _refuse(self, row: int, column: str, reason: str, detail: str) -> None:
        self.problems.append(FileProblem(row=row, column=column, reason=reason, detail=detail))


def _said(cells: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, fields in _ENTRIES.items():
        entry = {field: cells[column] for column, field in fields.items() if column in cells}
        said[name] = [entry] if entry else []
    if "notes" in cells:
        said["note"] = cells["notes"]
    if "source_url" in cells:
        said["source_url"] = cells["source_url"]
    return said


def _column(place: tuple[int | str, ...]) -> str:
    """The column of the file that a field of an answer came from."""
    if place[0] == "note":
        return "notes"
    fields = _ENTRIES.get(str(place[0]), {})
    return next((column for column, field in fields.items() if field == place[-1]), str(place[0]))
