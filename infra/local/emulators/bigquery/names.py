"""How projects, datasets and tables are named, in BigQuery and in DuckDB."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Self

from infra.local.emulators.bigquery.errors import invalid

_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}")
_TABLE = re.compile(r"[\w\- ]{1,1024}")


def quote(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, order=True)
class DatasetName:
    """A dataset; in DuckDB it is the schema `project.dataset`."""

    project: str
    dataset: str

    def __str__(self) -> str:
        return f"{self.project}:{self.dataset}"

    @property
    def duckdb(self) -> str:
        """The quoted DuckDB schema."""
        return quote(f"{self.project}.{self.dataset}")

    @property
    def hidden(self) -> bool:
        """Whether it holds anonymous results, and is not listed."""
        return self.dataset.startswith("_")

    def checked(self) -> Self:
        """Itself, when its name is one BigQuery would accept for a new dataset."""
        if not _DATASET.fullmatch(self.dataset):
            raise invalid(
                f'Invalid dataset ID "{self.dataset}". Dataset IDs must be alphanumeric (plus underscores).'
            )
        return self

    def reference(self) -> dict[str, str]:
        """The DatasetReference resource."""
        return {"projectId": self.project, "datasetId": self.dataset}


@dataclass(frozen=True, order=True)
class TableName:
    """A table or a view."""

    project: str
    dataset: str
    table: str

    @classmethod
    def of(cls, reference: dict[str, Any], project: str) -> Self:
        """From a TableReference resource; `project` is the default."""
        try:
            return cls(reference.get("projectId") or project, reference["datasetId"], reference["tableId"])
        except KeyError as missing:
            raise invalid(f"Required parameter is missing: {missing.args[0]}") from missing

    def __str__(self) -> str:
        return f"{self.project}:{self.dataset}.{self.table}"

    @property
    def parent(self) -> DatasetName:
        """Its dataset."""
        return DatasetName(self.project, self.dataset)

    @property
    def duckdb(self) -> str:
        """The quoted and qualified DuckDB table."""
        return f"{self.parent.duckdb}.{quote(self.table)}"

    def checked(self) -> Self:
        """Itself, when its name is one BigQuery would accept for a new table."""
        if "$" in self.table:
            raise invalid(f'Table decorators are not served by the local emulator: "{self.table}"')
        if not _TABLE.fullmatch(self.table):
            raise invalid(f'Invalid table ID "{self.table}".')
        return self

    def reference(self) -> dict[str, str]:
        """The TableReference resource."""
        return {**self.parent.reference(), "tableId": self.table}


def anonymous_table(project: str, job_id: str) -> TableName:
    """Where the result of a query without a destination goes; the same job always has the same one."""
    dataset = "_" + hashlib.sha1(project.encode(), usedforsecurity=False).hexdigest()
    return TableName(project, dataset, "anon" + hashlib.sha256(job_id.encode()).hexdigest())
