"""A part as a row of the table `parts`: the inverse of `normalise`, so that what is loaded reads as it was meant."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from common.boundary import clean
from common.errors import Refuse
from common.problems import BadValue, Problem, excerpt
from functions.fetch.parts.fields import instant, number, text
from functions.fetch.parts.record import Record, record_key

_SAME = (
    "manufacturer", "product_series", "brand", "title", "description", "datasheet_url", "lifecycle_status", "package_type",
    "intro_date", "country_of_origin", "primary_image_url", "created", "modified", "active_for_use",
)  # fmt: skip
"""Fields of the record that are columns of the table under the same name."""

_GROUPS: Mapping[str, Mapping[str, str]] = {
    "specs": {"spec_name": "name", "spec_value": "value", "spec_units": "unit"},
    "images": {"image_id": "id", "image_url": "url"},
    "docs": {"doc_url": "url", "doc_desc": "description", "doc_type": "type"},
    "compliance": {"type": "type", "value": "value"},
    "extra": {"name": "name", "value": "value"},
}
"""Repeated column → its field in the table → the record's field."""


def table_row(record: Record, raw: Mapping[str, Any]) -> dict[str, Any] | list[Problem]:
    """The row of a normalised record, or why the table cannot hold it. raw: as the file had it, for figures of the score job.

    A part without a product id is given the MD5 of its natural key, so that the same part is the same row again.
    """
    writer = _Writer()
    row: dict[str, Any] = {
        "product_id": record["product_id"] or made_product_id(record),
        "pn": record["part_number"],
    }
    row |= {name: record[name] for name in _SAME}
    row["category"] = " > ".join(record["category_path"]) or None
    row["manuf_standard_packaging"] = writer.whole(
        "manuf_standard_packaging", record["manuf_standard_packaging"]
    )
    for column, fields in _GROUPS.items():
        row[column] = [
            {theirs: entry.get(ours) for theirs, ours in fields.items()} for entry in record[column]
        ]
    row["sellers"] = [writer.seller(entry) for entry in record["sellers"]]
    row["priority_score"] = writer.priority(record["priority"], raw.get("priority_score"))
    return writer.problems or row


def made_product_id(record: Record) -> str:
    """A product id from the natural key: 32 hexadecimal digits, as the table has them."""
    return hashlib.md5(record_key(record).encode(), usedforsecurity=False).hexdigest()


class _Writer:
    """Types what the table types, and keeps what does not fit."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def whole(self, column: str, value: Any) -> int | None:
        written = self._read(column, number, value)
        if written is None:
            return None
        if written != int(written):
            self._refuse(column, BadValue("not_a_number", "A whole number is expected here."), value)
            return None
        return int(written)

    def seller(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        price = self._read("sellers", number, entry.get("price"))
        return {
            **{name: entry.get(name) for name in ("name", "type", "sku", "currency")},
            "price": None if price is None else str(entry["price"]).strip(),  # as written: it is money
            "quantity_available": self.whole("sellers", entry.get("quantity_available")),
        }

    def priority(self, priority: Mapping[str, Any], raw: Any) -> dict[str, Any] | None:
        stated = raw if isinstance(raw, Mapping) else {}
        if priority["score"] is None and priority["percentile"] is None and not stated:
            return None
        return {
            "base": self._read("priority_score", number, stated.get("base")),
            "boosted": self._read("priority_score", number, stated.get("boosted")),
            "score": None if priority["score"] is None else round(priority["score"] * 100, 9),
            "percentile": priority["percentile"],
            "updated_at": self._read("priority_score", instant, stated.get("updated_at")),
            "has_score": priority["has_score"],
            "tier": self._read("priority_score", text, stated.get("tier")),
        }

    def _read(self, column: str, parse: Callable[[Any], Any], value: Any) -> Any:
        try:
            return parse(clean(value, not_a_number="absent"))
        except (BadValue, Refuse) as error:
            self._refuse(column, error, value)
            return None

    def _refuse(self, column: str, error: BadValue | Refuse, value: Any) -> None:
        self.problems.append(Problem(column, error.reason, excerpt(value), str(error)))
