"""Rows as a CSV object, as an export of BigQuery writes them: a header, and NULL as nothing."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.warehouse.port import Column


def csv_object(columns: "Sequence[Column]", rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The object's content."""
    names = [column.name for column in columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
