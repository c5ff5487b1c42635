"""What a push would take: of which boards, under which plan, and what would not go by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, line, newest, pairs

_BOARDS = (
    ("board", "Board"),
    ("creates", "New"),
    ("updates", "Changed"),
    ("archives", "Archived"),
    ("lines", "Lines"),
    ("groups", "Groups"),
    ("calls", "Calls"),
    ("points", "Points"),
)
_PLANS = (
    ("name", "Plan"),
    ("calls_a_day", "Calls a day"),
    ("left_today", "Left today"),
    ("days", "Days"),
    ("minutes", "Minutes at least"),
    ("verdict", "Verdict"),
)
_VERDICTS = {"fits": "fits today", "stretched": "stretched by itself", "refused": "waits for an approval"}


def plan_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What there is to push, each board, each plan, and what to look at."""
    plans = [{**each, "name": _name(each), "verdict": _verdict(each)} for each in answer.get("plans") or ()]
    return [
        pairs(_head(answer)),
        Rows(_BOARDS, answer.get("boards") or (), title="Boards"),
        Rows(_PLANS, plans, title="Plans"),
        *map(line, _remarks(answer)),
    ]


def _head(answer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    work = answer.get("work") or {}
    orders = f"{work.get('creates')} new, {work.get('updates')} changed, {work.get('archives')} to archive"
    return [
        ("Counted", _source(answer.get("source") or {})),
        ("Records", orders),
        ("Lines", work.get("lines")),
        ("New groups", work.get("groups")),
        ("Calls", answer.get("calls")),
        ("Complexity points", answer.get("points")),
        ("Made by import", answer.get("imported") or None),
        ("Used today", answer.get("used_today")),
    ]


def _source(source: Mapping[str, Any]) -> str:
    if source.get("kind") == "staged":
        return "changes that are staged and not pushed yet"
    return f"what {source.get('run_id')} (mode TEST, {newest(source.get('at'))}) would push"


def _name(plan: Mapping[str, Any]) -> str:
    return f"{plan.get('plan')} (yours)" if plan.get("is_own") else str(plan.get("plan"))


def _verdict(plan: Mapping[str, Any]) -> str:
    if not plan.get("days"):
        return "nothing to do"
    return _VERDICTS.get(str(plan.get("verdict")), str(plan.get("verdict")))


def _remarks(answer: Mapping[str, Any]) -> Iterator[str]:
    if (answer.get("source") or {}).get("is_outdated"):
        yield "\nA run has pushed since: shelfline run orders --mode TEST says what is left."
    for board in answer.get("boards") or ():
        if refused := board.get("refused"):
            yield (
                f"\nBoard {board.get('board')} has room for {board.get('room')} more items; {refused} do not fit: "
                "make room, or name another board in the customer book."
            )
    if any(each.get("is_own") and each.get("verdict") == "refused" for each in answer.get("plans") or ()):
        yield (
            f"\nMore than plan_most_days ({answer.get('most_days')}): a run stages it and waits; "
            "shelfline approve --run RUN lets it be pushed day by day."
        )
