"""The table `orders`: whatever columns the order book has, as text, and two of our own.

BigQuery's names of columns are made from the headers; a header itself is its column's description, here called its
label. A table that was not filled by us may have no descriptions: there a column's name is its label.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from common.errors import Usage
from common.warehouse.port import Column

TABLE = "orders"
SOURCE_ROW = "source_row"
"""INT64: the row of the file, as an editor counts."""
LOAD_PROBLEM = "load_problem"
"""STRING: why a row of the file could not be read; its other columns are NULL then. NULL for all other rows."""

_LONGEST = 300  # characters of a column's name
_MOST = 9_990  # columns beside our own; BigQuery takes 10,000
# Source: BigQuery documentation, "Specifying a schema": prefixes that a column's name must not have.
_RESERVED = (
    "_TABLE_",
    "_FILE_",
    "_PARTITION",
    "_ROW_TIMESTAMP",
    "__ROOT__",
    "_COLIDENTIFIER",
    "_CHANGE_SEQUENCE_NUMBER",
    "_CHANGE_TYPE",
    "_CHANGE_TIMESTAMP",
)
_LOAD_MARK = re.compile(r" Load ([0-9a-f]{24})\.$")


class ColumnNames:
    """Gives each label a legal name of its own, the same for the same labels in the same order."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """Label -> name, in the order in which they were met."""
        self._taken = {SOURCE_ROW, LOAD_PROBLEM}

    def add(self, labels: Iterable[str]) -> None:
        """Know these labels too. Raises Usage for more columns than a table can have."""
        for label in labels:
            if label not in self.names:
                self.names[label] = self._free(legal_name(label))
        if len(self.names) > _MOST:
            raise Usage(f"The file has over {_MOST:,} columns; are its records keyed by something else?")

    def schema(self, load: str) -> tuple[Column, ...]:
        """The table's columns for these labels. load: what `load_of` tells of the table afterwards."""
        return (
            *(Column(name, "STRING", description=label) for label, name in self.names.items()),
            Column(SOURCE_ROW, "INT64", description=f"Row of the file, as an editor counts. Load {load}."),
            Column(LOAD_PROBLEM, "STRING", description="Why this row of the file could not be read."),
        )

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free.lower() in self._taken:
            number += 1
            free = f"{name[: _LONGEST - 8]}_{number}"
        self._taken.add(free.lower())
        return free


def legal_name(label: str) -> str:
    """A name that BigQuery takes: letters, digits and underscores, not beginning with a digit, at most 300."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "column"
    if name[0].isdigit():
        name = f"_{name}"
    if name.upper().startswith(_RESERVED):
        name = f"c{name}"
    return name[:_LONGEST]


def labels(columns: Sequence[Column]) -> dict[str, str]:
    """Name -> label of the source's columns, in their order, without our own two."""
    return {
        column.name: column.description or column.name
        for column in columns
        if column.name.lower() not in (SOURCE_ROW, LOAD_PROBLEM)
    }


def all_labels(columns: Sequence[Column]) -> list[str]:
    """The label of every column, in their order; our own two go by their names."""
    known = labels(columns)
    return [known.get(column.name, column.name.lower()) for column in columns]


def load_of(columns: Sequence[Column]) -> str | None:
    """Which load filled the table: a fingerprint of its file and mapping, or None if it was none of ours."""
    for column in columns:
        if column.name == SOURCE_ROW and (found := _LOAD_MARK.search(column.description)):
            return found[1]
    return None
