"""Why something is as it is: timelines, decisions under other settings, event chains."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, heading, line, nothing, pairs

_EVENTS = (("at", "When (UTC)"), ("step", "Step"), ("kind", "What"), ("said", "How"))
_BY = (
    ("from_route", "From"),
    ("to_route", "To"),
    ("rule_from", "Rule"),
    ("rule_to", "Now by rule"),
    ("count", "Items"),
)
_FAULTS = (("stream", "Stream"), ("block", "Block"), ("problem", "Problem"))


def timeline_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """One item's story, or those of all runs of a key."""
    stories = answer.get("timelines")
    if stories is None:
        return _story(answer)
    if not stories:
        return nothing("Nothing is known about it.")
    return [part for story in stories for part in _story(story)]


def what_if_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What would be decided otherwise."""
    decisions, changed = answer.get("decisions") or 0, answer.get("changed") or 0
    page: list[RenderableType] = [
        line(f"{changed} of {decisions} decisions would be others. Nothing was changed.")
    ]
    if undecidable := answer.get("undecidable"):
        page.append(
            line(f"{undecidable} others cannot be decided again: what they were decided on is not kept.")
        )
    if groups := answer.get("by"):
        page.append(Rows(_BY, groups, title="By rule"))
    if examples := answer.get("examples"):
        page.append(
            Rows((("key", "Key"), ("from_route", "From"), ("to_route", "To")), examples, title="Examples")
        )
    return page


def verify_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Whether every event is as it was written."""
    counts = "{} events in {} blocks of {} streams".format(
        *(answer.get(n, 0) for n in ("events", "blocks", "streams"))
    )
    faults = answer.get("faults") or []
    if not faults:
        return [line(f"{counts}: every one is as it was written.")]
    return [line(f"{counts}: {len(faults)} faults.", style="bold red"), Rows(_FAULTS, faults)]


def _story(story: Mapping[str, Any]) -> list[RenderableType]:
    item = story.get("item") or {}
    named = item.items() if isinstance(item, Mapping) else [("item", item)]
    shown = [(str(name).replace("_", " ").capitalize(), value) for name, value in named if name != "data"]
    page: list[RenderableType] = [
        heading(f"Item {item.get('id', '') if isinstance(item, Mapping) else item}"),
        pairs(shown),
    ]
    if decision := story.get("decision"):
        page += [
            heading("Decision"),
            pairs(decision.items()) if isinstance(decision, Mapping) else line(cell(decision)),
        ]
    events = [{**event, "said": cell(event.get("body"))} for event in story.get("events") or []]
    page.append(Rows(_EVENTS, events, title="Events"))
    for name in ("manual_tasks", "changes", "effects"):
        if entries := story.get(name):
            page += [
                heading(name.replace("_", " ").capitalize()),
                *(line(f"  {cell(entry)}") for entry in entries),
            ]
    return page
