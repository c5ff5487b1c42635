"""A run: its figures, what was pushed, who it waits for, why, and what to do next."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.plain import plain
from common.command_line.views.differences import would_do_part
from common.command_line.views.page import Rows, heading, line, newest, nothing, pairs, spent

_FIGURES = (
    "fetched",
    "done",
    "skipped",
    "rejected",
    "failed",
    "manual",
    "waiting",
    "cancelled",
    "in_progress",
)
_RUNS = (
    ("id", "Run"),
    ("state", "State"),
    ("created_at", "Started (UTC)"),
    ("items", "Items"),
    ("view", "Now"),
)
_MOST_REASONS = 12


def run_page(run: Mapping[str, Any]) -> list[RenderableType]:
    """Everything about one run."""
    page: list[RenderableType] = [
        pairs(_head(run)),
        Rows([("figure", "Items"), ("count", "")], _figures(run)),
    ]
    page += _pushed(run) + _would_do(run) + _people(run) + _counted("Reasons", _detail(run).get("reasons"))
    page += _counted("Routes", _detail(run).get("routes")) + _error(run)
    steps = next_steps(run)
    return page + ([heading("Next"), *(line(f"  {step}") for step in steps)] if steps else [])


def runs_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The newest runs."""
    runs = answer.get("runs") or []
    if not runs:
        return nothing("There are no runs yet: `shelfline run parts --limit 50` starts one.")
    return [Rows(_RUNS, [{**run, "items": _in_short(run)} for run in runs])]


def started_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """A run that nobody waits for."""
    run = answer.get("run_id")
    return [line(f"{run} is {answer.get('state')}; `shelfline status {run}` shows it.")]


def cancelled_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """What became of a wish to cancel."""
    run = answer.get("run_id")
    if answer.get("cancelled"):
        return [
            line(f"{run} is being cancelled: what has not started ends now, the rest at its next record.")
        ]
    return [line(f"{run} had ended before; nothing was changed.")]


def retried_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """How many items go on."""
    run, count = answer.get("run_id"), answer.get("retried") or 0
    if not count:
        return [line(f"{run} has no failed items that match; nothing was changed.")]
    return [line(f"{count} items of {run} go on; `shelfline status {run}` shows how far.")]


def next_steps(run: Mapping[str, Any]) -> list[str]:
    """What a person can do about a run as it is, each with the command that does it."""
    figures, run_id = run.get("figures") or {}, plain(run.get("id"))
    steps = []
    if run.get("state") in ("completed", "failed", "cancelled", "waiting") and run.get("adds_up") is False:
        steps.append(f"The figures do not add up: shelfline verify {run_id}, and shelfline doctor")
    if count := figures.get("manual"):
        steps.append(f"{_tasks(count)} for a person: shelfline tasks claim")
    if count := (run.get("waiting_for") or {}).get("people", 0) - (figures.get("manual") or 0):
        steps.append(
            f"{_changes(count)} for a person: shelfline changes --run {run_id}, then approve or reject --run {run_id}"
        )
    for scope, count in ((run.get("detail") or {}).get("missing_and_left_alone") or {}).items():
        steps.append(
            f"{count} orders of {scope} are missing and stay on the boards until every row can be told apart"
        )
    if count := figures.get("rejected"):
        steps.append(f"{count} records could not be read: shelfline quarantine list --run {run_id}")
    if count := figures.get("failed"):
        steps.append(f"{count} items failed: shelfline retry {run_id}")
    for lane in (run.get("waiting_for") or {}).get("lanes") or []:
        if lane.get("until"):
            steps.append(f"{lane.get('lane')} goes on by itself at {newest(lane['until'])}")
    return steps


def _tasks(count: int) -> str:
    return "1 task waits" if count == 1 else f"{count} tasks wait"


def _changes(count: int) -> str:
    return "1 change waits" if count == 1 else f"{count} changes wait"


def _head(run: Mapping[str, Any]) -> list[tuple[str, Any]]:
    virtual, real = run.get("virtual_seconds"), run.get("seconds")
    moved = isinstance(virtual, int | float) and isinstance(real, int | float) and virtual - real > 1
    adds_up = run.get("adds_up")
    return [
        ("Run", run.get("id")),
        ("State", run.get("state")),
        ("Now", run.get("view")),
        ("Mode", run.get("mode")),
        ("Started", run.get("created_at")),
        ("Took", spent(real)),
        ("Business time", spent(virtual) if moved else None),
        ("Adds up", None if adds_up is None else bool(adds_up)),
    ]


def _figures(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    figures = run.get("figures") or {}
    return [{"figure": name.replace("_", " "), "count": figures.get(name, 0)} for name in _FIGURES]


def _pushed(run: Mapping[str, Any]) -> list[RenderableType]:
    pushed = run.get("pushed") or {}
    rows = [{"target": target, "count": count} for target, count in pushed.items()]
    return [Rows([("target", "Pushed to"), ("count", "Records")], rows, title="Pushed")] if rows else []


def _would_do(run: Mapping[str, Any]) -> list[RenderableType]:
    would = _detail(run).get("would_do")
    return would_do_part(would, plain(run.get("id"))) if isinstance(would, Mapping) else []


def _people(run: Mapping[str, Any]) -> list[RenderableType]:
    """The router's own decisions and automation's failures, told apart."""
    tasks = _detail(run).get("manual_tasks") or {}
    named = [
        ("for a person by the rules (workflow_generated)", tasks.get("workflow_generated")),
        ("automation did not find it (automation_fallback)", tasks.get("automation_fallback")),
    ]
    rows = [{"kind": kind, "count": count} for kind, count in named if count]
    return [Rows([("kind", "Kind"), ("count", "Tasks")], rows, title="Manual tasks")] if rows else []


def _counted(title: str, counts: Any) -> list[RenderableType]:
    if not isinstance(counts, Mapping) or not counts:
        return []
    ordered = sorted(counts.items(), key=lambda each: (-int(each[1]), each[0]))
    rows = [{"name": name, "count": count} for name, count in ordered[:_MOST_REASONS]]
    if left := ordered[_MOST_REASONS:]:
        rows.append(
            {"name": f"{len(left)} others (all with --json)", "count": sum(int(count) for _, count in left)}
        )
    return [Rows([("name", title[:-1]), ("count", "Items")], rows, title=title)]


def _error(run: Mapping[str, Any]) -> list[RenderableType]:
    error = run.get("error")
    if not error:
        return []
    message = error.get("message") or error.get("detail") or error if isinstance(error, Mapping) else error
    return [line(f"\nError: {message}", style="bold red")]


def _detail(run: Mapping[str, Any]) -> Mapping[str, Any]:
    detail = run.get("detail")
    return detail if isinstance(detail, Mapping) else {}


def _in_short(run: Mapping[str, Any]) -> str:
    figures = run.get("figures") or {}
    counted = [f"{figures[name]} {name.replace('_', ' ')}" for name in _FIGURES[1:] if figures.get(name)]
    return ", ".join([f"{figures.get('fetched', 0)} fetched", *counted])
