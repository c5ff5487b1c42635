"""What became of files on their way to storage."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line

_MOST = 20
_WHY = {
    "unreadable": "it cannot be read; look at its permissions",
    "refused_by_storage": "storage refuses it; it may have changed meanwhile, so load it again",
    "not_sent": "storage does not answer; load it again, what was read by then is not sent twice",
    "too_large": "it is larger than upload_file_mib allows",
}


def upload_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """How many files were sent, and which were not."""
    sent, known = answer.get("sent") or 0, answer.get("known") or 0
    page: list[RenderableType] = [line(f"{_files(sent)} sent, {known} known already.")]
    problems = answer.get("problems") or []
    if problems:
        shown = [{**each, "why": _WHY.get(each["problem"], each["problem"])} for each in problems[:_MOST]]
        page.append(Rows((("file", "File"), ("why", "Why")), shown, title="Not sent"))
    if (more := len(problems) - _MOST) > 0:
        page.append(line(f"... and {more} more (all with --json)."))
    return page


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
