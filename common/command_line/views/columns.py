"""The columns of a source that count."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import line, pairs


def columns_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The valid list, and how the source differs."""
    page: list[RenderableType] = [_counts(answer), *_differences(answer)]
    if answer.get("added") or answer.get("removed"):
        page.append(
            line(f"\nTo have the source's columns count: shelfline {answer.get('flow')} adopt-columns")
        )
    return page


def adopted_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What was adopted."""
    if not answer.get("changed"):
        return [line(f"Version {answer.get('version')} has just these columns; nothing was changed.")]
    said = f"Version {answer.get('version')} is valid from the next run on."
    return [line(said), _counts(answer), *_differences(answer)]


def _counts(answer: Mapping[str, Any]) -> RenderableType:
    version = answer.get("version") or "none yet; the first run makes one"
    return pairs([("Version", version), ("Columns", len(answer.get("columns") or ()))])


def _differences(answer: Mapping[str, Any]) -> list[RenderableType]:
    return [*_named("Added", answer.get("added")), *_named("Removed", answer.get("removed"))]


def _named(what: str, columns: Sequence[str] | None) -> list[RenderableType]:
    return [line(f"{what}: {', '.join(columns)}")] if columns else []
