"""Shops, and what is wrong with their files."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.checked_file import checked_file, problems
from common.command_line.views.page import Rows, cell, heading, line, pairs

_ENTRY = "Where"
"""The header over where a problem is."""
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
    return checked_file(answer, _counts(answer), entry=_ENTRY, command="shelfline shops load")


def loaded_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Which version the shop has now, and what to look at."""
    said = "is loaded" if answer.get("changed") else "was loaded already; nothing was changed"
    page: list[RenderableType] = [
        line(f"Version {answer.get('version')} of {answer.get('shop')} ({answer.get('file')}) {said}.")
    ]
    return [*page, _counts(answer), *problems(answer, _ENTRY)]


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
