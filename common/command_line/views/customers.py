"""The customer book, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.checked_file import checked_file, problems
from common.command_line.views.page import Rows, cell, heading, line, pairs

_ENTRY = "Customer"
"""The header over where a problem is."""
_CUSTOMERS = (
    ("place", "Turn"),
    ("canonical", "Customer"),
    ("status", "Status"),
    ("spellings", "Known as"),
    ("line", "Line"),
)
_BOARDS = (("board", "Board"), ("seasons", "Seasons"), ("customers", "Customers"), ("line", "Line"))


def checked_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Every problem by line, then whether the book can be loaded."""
    return checked_file(answer, _counts(answer), entry=_ENTRY, command="shelfline customers load")


def loaded_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Which version is valid now, and what to look at."""
    said = "is valid now" if answer.get("changed") else "was valid already; nothing was changed"
    page: list[RenderableType] = [line(f"Version {answer.get('version')} ({answer.get('file')}) {said}.")]
    return [*page, _counts(answer), *problems(answer, _ENTRY)]


def book_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Customers in their order, then the boards in theirs."""
    customers = [_row(each) for each in answer.get("customers") or ()]
    boards = [
        {**each, "seasons": each.get("seasons") or "all", "customers": each.get("customers") or "all"}
        for each in answer.get("boards") or ()
    ]
    about = f"Version {answer.get('version')} of {answer.get('file')}, loaded {cell(answer.get('loaded_at'))}"
    page: list[RenderableType] = [line(f"{about} by {answer.get('loaded_by')}."), heading("Customers")]
    page.append(Rows(_CUSTOMERS, customers))
    if boards:
        page.append(Rows(_BOARDS, boards, title="Boards, the first that matches"))
    return page


def found_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Who is meant, and by which names."""
    customer = answer.get("customer") or {}
    known = customer.get("status") != "unknown"
    shown = pairs(
        [
            ("Name", answer.get("name")),
            ("Customer", customer.get("canonical")),
            ("Status", customer.get("status")),
            ("Turn", _turn(customer)),
            ("Known as", customer.get("spellings") if known else None),
            ("Unique keys", customer.get("unique_keys")),
            ("Extra checks", customer.get("extra_checks") or None),
            ("Column mapping", customer.get("column_mapping") or None),
            ("Line in the file", customer.get("line") or None),
        ]
    )
    advice = "\nNo customer of the book has this name; add it as an alias, or as a customer, and load the file again."
    return [shown] if known else [shown, line(advice)]


def _counts(answer: Mapping[str, Any]) -> RenderableType:
    counts = answer.get("counts") or {}
    of = f"{counts.get('approved')} approved, {counts.get('review')} for review"
    return pairs(
        [
            ("File", answer.get("file")),
            ("Customers", f"{counts.get('customers')} ({of})"),
            ("Spellings", counts.get("spellings")),
            ("Boards", counts.get("boards")),
        ]
    )


def _row(customer: Mapping[str, Any]) -> dict[str, Any]:
    others = [name for name in customer.get("spellings") or () if name != customer.get("canonical")]
    return {**customer, "place": _turn(customer), "spellings": others}


def _turn(customer: Mapping[str, Any]) -> str:
    return str(customer.get("position")) if customer.get("status") == "approved" else "after those"
