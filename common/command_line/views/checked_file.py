"""A file of the user's that was checked: what is wrong with it by line, and whether it can be loaded."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line


def checked_file(
    answer: Mapping[str, Any], counts: RenderableType, *, entry: str, command: str
) -> list[RenderableType]:
    """The counts, every problem, and what comes next. entry: the header over where a problem is; command: that loads the file."""
    page: list[RenderableType] = [counts] if answer.get("is_readable") else []
    page += problems(answer, entry)
    if answer.get("ok"):
        return [*page, line(f"\nIt can be loaded: {command} {answer.get('file')}")]
    errors = answer.get("errors")
    return [*page, line(f"\nCorrect {errors} error{'' if errors == 1 else 's'} there, then check again.")]


def problems(answer: Mapping[str, Any], entry: str) -> list[RenderableType]:
    """Every problem by line; nothing for none."""
    columns = (
        ("line", "Line"),
        ("entry", entry),
        ("field", "Field"),
        ("severity", "Kind"),
        ("reason", "Reason"),
        ("detail", "What to do"),
    )
    found = answer.get("problems") or []
    return [Rows(columns, found, title="What is wrong")] if found else []
