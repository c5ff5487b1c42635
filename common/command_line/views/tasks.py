"""Manual tasks: what a person has to find out, what is known, and what became of it."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, heading, line, newest, nothing, pairs

_LIST = (
    ("id", "Task"),
    ("priority", "Priority"),
    ("key", "Key"),
    ("task_type", "Type"),
    ("reason", "Reason"),
    ("state", "State"),
    ("who", "Who"),
)
_HEAD = (
    "flow",
    "key",
    "run_id",
    "task_type",
    "state",
    "priority",
    "priority_score",
    "confidence",
    "reason",
    "error",
)
_WORK = ("claimed_by", "lease_until", "editor", "note", "source_url", "completed_at")
_CHECK = ("validator", "validated_at", "validation_note")


def tasks_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The list, and how many there are beside it."""
    tasks = answer.get("tasks") or []
    if not tasks:
        return nothing("No task matches. Tasks of low priority are listed with --all.")
    rows = [{**task, "who": task.get("editor") or task.get("claimed_by")} for task in tasks]
    page: list[RenderableType] = [Rows(_LIST, rows)]
    total = answer.get("total") or len(tasks)
    if total > len(tasks):
        page.append(line(f"\n{len(tasks)} of {total}; --limit shows more."))
    return page


def claimed_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What somebody works on now, and what to do with it."""
    tasks = answer.get("tasks") or []
    if not tasks:
        return nothing("No task is open. Tasks of low priority are listed with `shelfline pending --all`.")
    page: list[RenderableType] = []
    for task in tasks:
        page += [*task_page(task), line(f"\nYours until {newest(task.get('lease_until'))}.")]
        page.append(
            line(f"  shelfline tasks complete {task.get('id')} --attribute NAME=VALUE:UNIT --source-url URL")
        )
        page.append(line(f"  shelfline tasks hand-back {task.get('id')}"))
    return page


def task_page(task: Mapping[str, Any]) -> list[RenderableType]:
    """One task with its record and the evidence."""
    named = [(_name(name), task.get(name)) for name in (*_HEAD, *_WORK, *_CHECK)]
    page: list[RenderableType] = [
        heading(f"Task {task.get('id')}"),
        pairs((n, v) for n, v in named if v != ""),
    ]
    if record := task.get("record"):
        page += [
            heading("Record"),
            pairs((name, value) for name, value in record.items() if value not in ("", [])),
        ]
    if evidence := task.get("evidence"):
        entries = evidence if isinstance(evidence, list) else [evidence]
        page += [heading("Evidence"), *(line(f"  {cell(entry)}") for entry in entries)]
    if answer := task.get("answer"):
        page += [
            heading("Answer"),
            pairs((name, value) for name, value in answer.items() if value not in (None, [])),
        ]
    return page


def handed_back_page(task: Mapping[str, Any]) -> list[RenderableType]:
    """A task that is free again."""
    return [line(f"Task {task.get('id')} is free again.")]


def completed_page(task: Mapping[str, Any]) -> list[RenderableType]:
    """A task that is answered."""
    return [
        line(f"Task {task.get('id')} is answered; its item goes on in {task.get('run_id') or 'its run'}."),
        line("Somebody else may confirm it: " + f"shelfline tasks validate {task.get('id')} --notes TEXT"),
    ]


def validated_page(task: Mapping[str, Any]) -> list[RenderableType]:
    """An answer that somebody else confirmed."""
    return [line(f"The answer to task {task.get('id')} is confirmed by {task.get('validator')}.")]


def _name(name: str) -> str:
    return name.replace("_", " ").capitalize()
