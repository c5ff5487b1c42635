"""A row of the parts table, whoever delivered it, as one normalised record."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from common.boundary import clean
from common.errors import Refuse
from common.problems import BadValue, Problem, excerpt
from functions.fetch.parts.fields import (
    category_path,
    day,
    flag,
    instant,
    lifecycle_status,
    name,
    text,
    url,
)
from functions.fetch.parts.groups import GROUPS, group
from functions.fetch.parts.key import folded, natural_key
from functions.fetch.parts.score import record_priority, share

Record = dict[str, Any]

_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "part_number": ("pn", name),
    "manufacturer": ("manufacturer", name),
    "product_id": ("product_id", name),
    "product_series": ("product_series", text),
    "brand": ("brand", name),
    "category_path": ("category", category_path),
    "title": ("title", text),
    "description": ("description", text),
    "datasheet_url": ("datasheet_url", url),
    "lifecycle_status": ("lifecycle_status", lifecycle_status),
    "package_type": ("package_type", text),
    "intro_date": ("intro_date", day),
    "country_of_origin": ("country_of_origin", text),
    "primary_image_url": ("primary_image_url", url),
    "created": ("created", instant),
    "modified": ("modified", instant),
    "active_for_use": ("active_for_use", flag),
    "manuf_standard_packaging": ("manuf_standard_packaging", text),
}
"""Field of the record → column of the source, and what reads it."""

_MOVING_BY_THEMSELVES = frozenset({"created", "modified", "priority"})
RECORD_COLUMNS: tuple[str, ...] = tuple(
    field for field in (*_FIELDS, *GROUPS, "priority") if field not in _MOVING_BY_THEMSELVES
)
"""What makes a part "changed" (`common.canonical.record_hash`). Not the source's time stamps, and not the
priority, which moves for all parts whenever one is scored."""

_LONGEST_KEY = 2000
"""Bytes: an index of Postgres takes 2,704 in all, and folding makes up to 18 letters of one."""

RECORD_VERSION = 1
"""Version of the record's shape and of `RECORD_COLUMNS`; raised when either changes in meaning."""


def normalise(row: Mapping[str, Any]) -> Record | list[Problem]:
    """The record of a raw row (from BigQuery, JSON or CSV), or what is wrong with it.

    A record is JSON-able: part_number (always there), manufacturer and the other single fields as text or
    None; category_path a list of text from the root down; specs, images, docs, compliance, extra and sellers
    lists of records of texts (money included); active_for_use true, false or None; dates in ISO 8601, times
    in UTC; priority {score 0–1 or None, percentile, has_score}. NaN and NaT count as absent; columns nobody
    knows are left out.
    """
    reader = _Reader(row)
    record: Record = {field: reader.read(column, parse) for field, (column, parse) in _FIELDS.items()}
    for column in GROUPS:
        record[column] = reader.read(column, partial(group, column))
    percentile = reader.read("percentile", share)
    record["priority"] = reader.read("priority_score", lambda raw: record_priority(raw, percentile))
    if not reader.has_problem("pn") and not folded(record["part_number"] or ""):
        reader.problems.append(
            Problem("pn", "missing", excerpt(row.get("pn", "")), "A part needs a part number.")
        )
    elif not reader.problems and len(record_key(record).encode()) > _LONGEST_KEY:
        reader.problems.append(
            Problem(
                "pn",
                "too_long",
                excerpt(row.get("pn", "")),
                "Maker and part number together are too long for a key.",
            )
        )
    return reader.problems or record


def record_key(record: Mapping[str, Any]) -> str:
    """The natural key of a normalised record."""
    return natural_key(record["manufacturer"], record["part_number"])


class _Reader:
    """Reads column by column, and keeps what went wrong instead of stopping at it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.problems: list[Problem] = []

    def read(self, column: str, parse: Callable[[Any], Any]) -> Any:
        raw = self._row.get(column)
        try:
            return parse(clean(raw, not_a_number="absent"))
        except (BadValue, Refuse) as error:
            self.problems.append(Problem(column, error.reason, excerpt(raw), str(error)))
            return None

    def has_problem(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)
