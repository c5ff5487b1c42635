"""Shops, and what is wrong with their files."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, heading, line, pairs

_PROBLEMS = (
    ("line", "Line"),
    ("entry", "Where"),
    ("field", "Field"),
    ("severity", "Kind"),
    ("reason", "Reason"),
    ("detail", "What to do"),
)
_TEMPLATES = (
    ("name", "Template"),
    ("type", "Type"),
    ("family", "Family"),
    ("price", "Price"),
    ("canvases", "Canvases"),
    ("sizes", "Sizes"),
    ("mockups", "Mock-ups"),
)


def checked_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Every problem by line, then whether the shop can be loaded."""
    page: list[RenderableType] = []
    if answer.get("is_readable"):
        page.append(_counts(answer))
    page += _problems(answer)
    if answer.get("ok"):
        page.append(line(f"\nIt can be loaded: shelfline shops load {answer.get('file')}"))
    else:
        errors = answer.get("errors")
        page.append(line(f"\nCorrect {errors} error{'' if errors == 1 else 's'} there, then check again."))
    return page


def loaded_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Which version the shop has now, and what to look at."""
    said = "is loaded" if answer.get("changed") else "was loaded already; nothing was changed"
    page: list[RenderableType] = [
        line(f"Version {answer.get('version')} of {answer.get('shop')} ({answer.get('file')}) {said}.")
    ]
    return [*page, _counts(answer), *_problems(answer)]


def shops_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Each shop with its templates."""
    page: list[RenderableType] = []
    for shop in answer.get("shops") or ():
        loaded = shop.get("loaded") or {}
        page.append(heading(str(shop.get("name"))))
        page.append(
            line(
                f"Etsy's shop {shop.get('etsy_shop_id')}; version {loaded.get('version')} of {loaded.get('file')}, "
                f"loaded {cell(loaded.get('loaded_at'))} by {loaded.get('loaded_by')}."
            )
        )
        page.append(Rows(_TEMPLATES, [_row(each) for each in shop.get("templates") or ()]))
    return page or [line("There is no shop yet; write its file and load it: shelfline shops load FILE")]


def _row(template: Mapping[str, Any]) -> dict[str, Any]:
    canvases = template.get("canvases") or ()
    return {
        **template,
        "canvases": [each.get("name") for each in canvases],
        "sizes": [size.get("name") for each in canvases for size in each.get("sizes") or ()],
        "mockups": [
            f"{each.get('name')} ({len(each.get('images') or ())})" for each in template.get("mockups") or ()
        ],
    }


def _counts(answer: Mapping[str, Any]) -> RenderableType:
    counts = answer.get("counts") or {}
    named = ("templates", "canvases", "sizes", "mockups", "pictures")
    return pairs(
        [("File", answer.get("file")), ("Shop", answer.get("shop"))]
        + [(each.capitalize(), counts.get(each)) for each in named]
    )


def _problems(answer: Mapping[str, Any]) -> list[RenderableType]:
    problems = answer.get("problems") or []
    return [Rows(_PROBLEMS, problems, title="What is wrong")] if problems else []
