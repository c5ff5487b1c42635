"""Whether everything works, and what the vendors still allow."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line, nothing

_QUOTAS = (
    ("account", "Account"),
    ("dimension", "Budget"),
    ("kind", "Kind"),
    ("capacity", "Of"),
    ("used", "Used"),
    ("remaining", "Left"),
    ("blocked_until", "Blocked until (UTC)"),
)


def doctor_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Each check, and how to mend what is wrong."""
    checks = answer.get("checks") or []
    page: list[RenderableType] = [
        Rows(
            [("mark", ""), ("name", "Check"), ("detail", "Found")],
            [{**check, "mark": "ok" if check.get("ok") else "WRONG"} for check in checks],
        )
    ]
    page += [
        line(f"\n{check.get('name')}: {check['fix']}", style="bold")
        for check in checks
        if not check.get("ok") and check.get("fix")
    ]
    good = "Everything works." if answer.get("ok") else "Something is wrong; see above."
    return [*page, line(f"\n{good}")]


def quotas_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """One line a budget."""
    quotas = answer.get("quotas") or []
    return (
        [Rows(_QUOTAS, quotas)] if quotas else nothing("No vendor was called yet, so no budget is counted.")
    )
