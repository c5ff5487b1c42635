"""What an operation of the REST interface is: its address, its name, and the function that serves it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.emulators.bigquery.emulator import Emulator
from infra.local.emulators.bigquery.errors import BigQueryError
from infra.local.emulators.bigquery.jobs import Job
from infra.local.emulators.bigquery.names import DatasetName, TableName


@dataclass(frozen=True)
class Call:
    """One request. `planted` is the error that a planted fault wants the job of this call to end with."""

    emulator: Emulator
    path: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    planted: dict[str, Any] | None = None

    @property
    def project(self) -> str:
        """The project in the address."""
        return self.path["project"]

    @property
    def dataset(self) -> DatasetName:
        """The dataset in the address."""
        return DatasetName(self.project, self.path["dataset"])

    @property
    def table(self) -> TableName:
        """The table in the address."""
        return TableName(self.project, self.path["dataset"], self.path["table"])

    def flag(self, name: str) -> bool:
        """A boolean parameter."""
        return self.query.get(name, "").lower() == "true"

    def check_etag(self, current: str) -> None:
        """Refuse a change that was made to an older state of the resource."""
        expected = self.headers.get("if-match")
        if expected and expected not in ("*", current):
            raise BigQueryError(
                "conditionNotMet", "Precondition Failed: the resource has changed since it was read"
            )


@dataclass(frozen=True)
class Answer:
    """What is sent back: `body` as JSON, or `raw` as it is."""

    body: dict[str, Any] | None = None
    raw: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """An answer that is made when a job is done, or after some seconds. Nobody's thread waits meanwhile."""

    job: Job
    seconds: float
    then: Callable[[], Answer]


@dataclass(frozen=True)
class Operation:
    """One method of the interface, e.g. `tables.get`.

    path: below /bigquery/v2, with {names}. fault: its name for planted faults.
    """

    method: str
    path: str
    name: str
    fault: str
    serve: Callable[[Call], Answer | Waiting]


def page(items: list[dict[str, Any]], query: dict[str, str], kind: str, member: str) -> dict[str, Any]:
    """One page of a list, by maxResults and a token that counts items."""
    start = int(query.get("pageToken") or 0) if (query.get("pageToken") or "0").isdigit() else 0
    size = int(query["maxResults"]) if query.get("maxResults", "").isdigit() else 1000
    body: dict[str, Any] = {"kind": kind}
    if items[start : start + size]:
        body[member] = items[start : start + size]
    if start + size < len(items) and size:
        body["nextPageToken"] = str(start + size)
    return body
