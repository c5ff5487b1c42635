"""What differs between before and after, in short; and what a run in mode TEST would do."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, line

LONGEST = 160
"""Characters of all differences of one change; the rest is in --json."""
_WOULD_DO = (
    ("operation", "Does"),
    ("board", "Board"),
    ("group", "Group"),
    ("name", "Item"),
    ("differences", "What differs"),
)


def in_short(difference: Any) -> str:
    """Names of fields with before and after where they are there."""
    if isinstance(difference, Mapping):
        text = "; ".join(f"{name}: {_one(each)}" for name, each in difference.items())
    else:
        text = cell(difference)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def would_do_part(would: Mapping[str, Any], run_id: str) -> list[RenderableType]:
    """The first changes that would be pushed, and how many there are."""
    first, count = would.get("first") or [], int(would.get("total") or 0)
    rows = [{**each, "differences": in_short(each.get("differences"))} for each in first]
    page: list[RenderableType] = [Rows(_WOULD_DO, rows, title=f"What it would do ({count} in all)")]
    if count > len(first):
        page.append(
            line(f"... and {count - len(first)} more: shelfline changes --run {run_id} --state would_push")
        )
    return page


def _one(each: Any) -> str:
    if isinstance(each, Mapping) and set(each) == {"old", "new"}:
        each = [each["old"], each["new"]]
    if isinstance(each, list) and len(each) == 2:
        return f"{cell(each[0]) or 'nothing'} -> {cell(each[1]) or 'nothing'}"
    return cell(each)
