"""Near copies of designs: which file looks like which, by how much, and which of them to keep."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line

_COLUMNS = (
    ("id", "Change"),
    ("state", "State"),
    ("file", "File"),
    ("size", "Pixels"),
    ("other", "Looks like"),
    ("other_size", "Pixels"),
    ("distances", "pHash/dHash bits"),
    ("keep", "Keep"),
)
_NEXT = (
    "\nAnother design, which goes on: shelfline approve CHANGE. The same one, which ends: shelfline reject CHANGE. "
    "Either is kept for this pair, and not asked again."
)


def is_likeness(change: Mapping[str, Any]) -> bool:
    """Whether a change waits because its design looks like others."""
    return isinstance((change.get("diff") or {}).get("looks_like"), Mapping)


def likenesses_part(changes: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    """A line for each pair, and what to do about those that wait."""
    rows = [row for change in changes for row in _pairs(change)]
    page: list[RenderableType] = [Rows(_COLUMNS, rows, title="Designs that look like others")]
    if any(change.get("state") == "pending" for change in changes):
        page.append(line(_NEXT))
    return page


def _pairs(change: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    own = change["diff"]["looks_like"].get("new") or {}
    others = change["diff"]["looks_like"].get("old") or []
    kept = (change["diff"].get("keep") or {}).get("new")
    names = {each.get("design"): each.get("filename") for each in (own, *others)}
    for other in others:
        variant = other.get("variant")
        seen = (
            other.get("filename")
            if variant in (None, "", "as_is")
            else f"{other.get('filename')} ({variant})"
        )
        yield {
            "id": change.get("id"),
            "state": change.get("state"),
            "file": own.get("filename"),
            "size": _size(own),
            "other": seen,
            "other_size": _size(other),
            "distances": f"{other.get('phash_distance')}/{other.get('dhash_distance')}",
            "keep": names.get(kept, kept),
        }


def _size(design: Mapping[str, Any]) -> str:
    return " × ".join(str(side) for side in design.get("size") or ())
