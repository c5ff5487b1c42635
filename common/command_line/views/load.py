"""What became of a file: what was read, what could not be, and where it is."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line, pairs

_MOST = 20
_SHOWN = ("file", "read", "loaded", "rejected", "rows_before", "rows_now", "notices", "unused_columns")
_COLUMNS = (
    ("row", "Row"),
    ("column", "Column"),
    ("reason", "Reason"),
    ("value", "Value"),
    ("detail", "What is expected"),
)


def load_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The counts, then the problems by row."""
    page: list[RenderableType] = [
        pairs(
            (name.replace("_", " ").capitalize(), answer.get(name))
            for name in _SHOWN
            if answer.get(name) not in (None, [], {})
        )
    ]
    problems = answer.get("problems") or []
    if problems:
        page.append(Rows(_COLUMNS, problems[:_MOST], title="Could not be read"))
    if more := len(problems) - _MOST:
        page += [line(f"... and {more} more (all with --json).")] if more > 0 else []
    if answer.get("rejected"):
        page.append(line("\nThey are in quarantine: shelfline quarantine list"))
    if answer.get("loaded") and not answer.get("run_id"):
        page.append(line(f"\nNext: shelfline run {answer.get('flow')}"))
    return page
