"""Changes to the targets: what would be written, and what somebody decided about it."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.differences import in_short
from common.command_line.views.likenesses import is_likeness, likenesses_part
from common.command_line.views.page import Rows, cell, line, nothing

_LIST = (
    ("id", "Change"),
    ("target", "Target"),
    ("operation", "Does"),
    ("key", "Key"),
    ("state", "State"),
    ("differences", "Differences"),
)


def changes_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The list with the differences in short; near copies of designs pair by pair."""
    changes = answer.get("changes") or []
    if not changes:
        return nothing("No change matches.")
    alike = [change for change in changes if is_likeness(change)]
    others = [{**each, "differences": in_short(each.get("diff"))} for each in changes if each not in alike]
    page: list[RenderableType] = [Rows(_LIST, others)] if others else []
    return page + (likenesses_part(alike) if alike else [])


def decided_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """How many changes were decided on."""
    word = "approved" if "approved" in answer else "rejected"
    count = answer.get(word) or 0
    page: list[RenderableType] = [line(f"{count} {'change' if count == 1 else 'changes'} {word}.")]
    if own := answer.get("own_work"):
        page.append(line(f"Your own work, which somebody else has to approve: {cell(own)}"))
    return page
