"""Records that could not be read, and what became of mending them."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, heading, line, nothing, pairs

_LIST = (
    ("id", "Id"),
    ("flow", "Flow"),
    ("source", "Source"),
    ("row_number", "Row"),
    ("key", "Key"),
    ("why", "Why"),
    ("state", "State"),
)
_HEAD = ("flow", "run_id", "source", "row_number", "key", "state", "created_at")


def rows_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The list."""
    rows = answer.get("rows") or []
    if not rows:
        return nothing("Nothing is in quarantine.")
    next_step = "\nshelfline quarantine mend ID --set NAME=VALUE, then shelfline quarantine replay"
    return [Rows(_LIST, [{**row, "why": _why(row)} for row in rows]), line(next_step)]


def row_page(row: Mapping[str, Any]) -> list[RenderableType]:
    """One record as it came, and what is wrong with it."""
    problems = row.get("problems") or []
    page: list[RenderableType] = [
        heading(f"Quarantine {row.get('id')}"),
        pairs((name.replace("_", " ").capitalize(), row.get(name)) for name in _HEAD),
    ]
    if problems:
        page += [heading("Problems"), *(line(f"  {_problem(problem)}") for problem in problems)]
    if isinstance(raw := row.get("raw"), Mapping):
        page += [heading("As it came"), pairs(raw.items())]
    return page


def replayed_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """How many go on, and which are still wrong."""
    run = answer.get("run_id")
    page: list[RenderableType] = [line(f"{answer.get('replayed') or 0} records can be read now.")]
    if run:
        page.append(line(f"They go on in {run}: shelfline status {run}"))
    still = answer.get("still_bad") or []
    return page + ([heading("Still wrong"), *(line(f"  {cell(each)}") for each in still)] if still else [])


def _why(row: Mapping[str, Any]) -> str:
    return "; ".join(_problem(problem) for problem in row.get("problems") or [])


def _problem(problem: Any) -> str:
    if not isinstance(problem, Mapping):
        return cell(problem)
    said = [problem.get("column"), problem.get("reason"), problem.get("detail")]
    return ": ".join(cell(each) for each in said if each)
