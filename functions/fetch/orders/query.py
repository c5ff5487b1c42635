"""What of the order table a run reads, and under which job."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from common.errors import Misconfigured
from common.warehouse.export import Filter, Statement, export_csv, select_rows
from functions.fetch.orders.columns import CUSTOMER, PO_NUMBER, column_of
from functions.fetch.orders.schema import TABLE, labels

if TYPE_CHECKING:
    from common.warehouse.port import TableFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of the table is wanted; nothing said means all."""

    customers: Sequence[str] = ()
    """Every spelling of the customer."""
    po_number: str | None = None
    limit: int | None = None


def select_of(facts: "TableFacts", selection: Selection) -> Statement:
    """The wanted rows. Raises Misconfigured for a filter whose column is not there."""
    filters = []
    if selection.customers:
        spellings = [name.upper().strip() for name in selection.customers]
        filters.append(Filter(_named(facts, CUSTOMER), spellings, folded=True))
    if selection.po_number is not None:
        filters.append(Filter(_named(facts, PO_NUMBER), [selection.po_number]))
    return select_rows(TABLE, _names(facts), filters=filters, limit=selection.limit)


def export_of(facts: "TableFacts", uri: str, at: datetime) -> Statement:
    """The whole table, as it was at the run's start where the table can tell."""
    as_of = at if facts.kind == "TABLE" and facts.modified <= at else None
    return export_csv(uri, select_rows(TABLE, _names(facts), as_of=as_of))


def job_id(run_id: str) -> str:
    """The id of the run's job: the same run never asks twice."""
    return f"shelfline_orders_{hashlib.sha256(run_id.encode()).hexdigest()[:32]}"


def _names(facts: "TableFacts") -> list[str]:
    return [column.name for column in facts.columns]


def _named(facts: "TableFacts", wanted: str) -> str:
    for name, label in labels(facts.columns).items():
        if column_of(label) == wanted:
            return name
    raise Misconfigured(
        f"The table {TABLE} has no column {wanted} to filter by; leave that option out.",
        reason="no_such_column",
    )
