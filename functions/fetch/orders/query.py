"""The one query of the orders flow: parameters only, never a value in the text."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from common.errors import Misconfigured
from common.warehouse.export import export_statement
from functions.fetch.orders.columns import column_of

if TYPE_CHECKING:
    from common.warehouse.port import TableFacts

_CUSTOMER, _PO_NUMBER = "CUSTOMER NAME", "PO NUMBER"

Statement = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of the table is wanted; nothing said means all."""

    customers: Sequence[str] = ()
    """Every spelling of the customer."""
    po_number: str | None = None
    limit: int | None = None


def select_of(facts: "TableFacts", selection: Selection) -> Statement:
    """SQL and parameters that read the wanted rows. Raises Misconfigured for a filter whose column is not there."""
    parameters: dict[str, object] = {}
    conditions = []
    if selection.customers:
        parameters["customers"] = [name.upper() for name in selection.customers]
        conditions.append(f"upper(trim({_named(facts, _CUSTOMER)})) in unnest(@customers)")
    if selection.po_number is not None:
        parameters["po_number"] = selection.po_number
        conditions.append(f"{_named(facts, _PO_NUMBER)} = @po_number")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    limit = ""
    if selection.limit is not None:
        parameters["limit"] = selection.limit
        limit = " limit @limit"
    return f"{_select(facts)} from orders{where}{limit}", parameters


def export_of(facts: "TableFacts", uri: str, at: datetime) -> Statement:
    """SQL and parameters that export the whole table, as it was at the run's start where the table can tell."""
    return export_statement("orders", [column.name for column in facts.columns], uri, at=at if facts.kind == "TABLE" else None)


def job_id(run_id: str) -> str:
    """The id of the run's job: the same run never asks twice."""
    return f"shelfline_orders_{hashlib.sha256(run_id.encode()).hexdigest()[:32]}"


def _select(facts: "TableFacts") -> str:
    # Names come from the table's own schema; BigQuery allows no backtick in one.
    return "select " + ", ".join(f"`{column.name}`" for column in facts.columns)


def _named(facts: "TableFacts", wanted: str) -> str:
    for column in facts.columns:
        if column_of(column.description or column.name) == wanted:
            return f"`{column.name}`"
    raise Misconfigured(f"The table orders has no column {wanted} to filter by; leave that option out.", reason="no_such_column")
