"""run, status, cancel and retry."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from common.command_line import arguments
from common.command_line.command import FAILED, INTERRUPTED, OK, command
from common.command_line.commands.run_options import (
    Baseline,
    BatchSize,
    Customer,
    FastForward,
    ForceAutomation,
    ForceManual,
    Limit,
    LogLevel,
    LogLevelOption,
    Manufacturer,
    ModeOption,
    OverrideGuard,
    PartNumbers,
    PoNumber,
    PriorityThreshold,
    ReplayOf,
    Settings,
    Tenant,
    Wait,
    WaitQuota,
)
from common.command_line.session import Session
from common.errors import Usage

_PATIENCE = timedelta(seconds=120)
"""A quota by the minute is waited out; one by the day is not, unless asked."""
_LOCAL_PAUSE, _REMOTE_PAUSE = 0.5, 2.0  # seconds

Flow = Annotated[str, typer.Argument(help="Name of the flow, such as parts.", show_default=False)]
RunId = Annotated[
    str,
    typer.Argument(metavar="RUN", help="The run's id, as `shelfline status` lists it.", show_default=False),
]


def run(
    session: Session,
    flow: Flow,
    limit: Limit = None,
    priority_threshold: PriorityThreshold = None,
    part_number: PartNumbers = None,
    manufacturer: Manufacturer = None,
    force_manual: ForceManual = False,
    force_automation: ForceAutomation = False,
    customer: Customer = None,
    po_number: PoNumber = None,
    override_guard: OverrideGuard = False,
    replay_of: ReplayOf = None,
    baseline: Baseline = False,
    mode: ModeOption = None,
    batch_size: BatchSize = None,
    set_: Settings = None,
    tenant: Tenant = None,
    log_level: LogLevelOption = None,
    wait: Wait = True,
    fast_forward: FastForward = True,
    wait_quota: WaitQuota = False,
) -> int:
    """Start a run of a flow, and follow it.

    An option that the flow does not know is refused, with those it has. In mode TEST nothing is written outside,
    and what would be is shown.

    Following ends when the run ends, or when only people hold it. Ctrl-C ends following, not the run. Exit
    code 0: it is done, or waits, and its figures add up; 1: it failed, was cancelled, or does not add up;
    2: bad usage.
    """
    if force_manual and force_automation:
        raise Usage(
            "--force-manual and --force-automation exclude each other; leave one out.", reason="both_forced"
        )
    _log(log_level)
    options = {
        "priority_threshold": priority_threshold,
        "part_numbers": part_number or None,
        "manufacturer": manufacturer,
        "force_manual": force_manual or None,
        "force_automation": force_automation or None,
        "customer": customer,
        "po_number": po_number,
        "override_guard": override_guard or None,
        "replay_of": replay_of,
        "baseline": baseline or None,
    }
    wanted = _settings(set_, batch_size)
    started = session.api.run(
        flow,
        limit=limit,
        mode=mode.value if mode else None,
        settings=wanted or None,
        options={name: value for name, value in options.items() if value is not None} or None,
        tenant=tenant,
    )
    return followed_or_told(session, started, wait=wait, fast_forward=fast_forward, wait_quota=wait_quota)


def status(
    session: Session,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="The run's id; without it, the newest runs.")
    ] = None,
    flow: Annotated[str | None, typer.Option(help="Only runs of this flow.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="So many runs.")] = 20,
) -> None:
    """Show a run, or the newest runs.

    Tasks that the rules gave to a person (workflow_generated) are told apart from those that automation
    failed at (automation_fallback). Exit code 0 when it could be shown, whatever became of the run.
    """
    from common.command_line.views.run import run_page, runs_page

    if run is None:
        session.show(session.api.runs(flow=flow, limit=limit), runs_page)
    else:
        session.show(session.api.status(run), run_page)


def cancel(session: Session, run: RunId) -> None:
    """Cancel a run: what has not started ends now, what runs ends at its next record."""
    from common.command_line.views.run import cancelled_page

    session.show(session.api.cancel(run), cancelled_page)


def retry(
    session: Session,
    run: RunId,
    step: Annotated[
        str | None, typer.Option(help="Begin at this step; else each item where it failed.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only items that failed for this reason.")] = None,
) -> None:
    """Try the failed items of a run again, in the same run."""
    from common.command_line.views.run import retried_page

    session.show(session.api.retry(run, step=step, reason=reason), retried_page)


def rollback(
    session: Session,
    run: RunId,
    mode: ModeOption = None,
    wait: Wait = True,
    fast_forward: FastForward = True,
    wait_quota: WaitQuota = False,
) -> int:
    """Undo what a run has pushed, by a run of its own, and follow that.

    What was made is archived, what was changed or archived is as it was before; where the target has moved on
    since, a person looks first. Refused for flows whose runs cannot be undone. In mode TEST it only says what it
    would do. Exit codes are those of `shelfline run`.
    """
    started = session.api.rollback(run, mode=mode.value if mode else None)
    return followed_or_told(session, started, wait=wait, fast_forward=fast_forward, wait_quota=wait_quota)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    panel = "Runs"
    command(
        app,
        "run",
        "shelfline run parts --limit 200",
        "shelfline run parts --part-number NE555P --part-number LM358N --force-manual",
        "shelfline run parts --set max_daily_tasks=50 --mode TEST --json",
        "shelfline run orders --customer NORTHWIND --mode TEST",
        panel=panel,
    )(run)
    command(app, "status", "shelfline status", "shelfline status RUN --json", panel=panel)(status)
    command(app, "cancel", "shelfline cancel RUN", panel=panel)(cancel)
    command(app, "retry", "shelfline retry RUN --step scrape --reason unavailable", panel=panel)(retry)
    command(app, "rollback", "shelfline rollback RUN --mode TEST", "shelfline rollback RUN", panel=panel)(
        rollback
    )


def followed_or_told(
    session: Session,
    started: dict[str, Any],
    *,
    wait: bool,
    fast_forward: bool,
    wait_quota: bool,
    before: dict[str, Any] | None = None,
) -> int:
    """Follow a run that has started, or say that it has; the exit code. before: goes before the run in the answer."""
    if wait:
        return _follow(session, str(started["run_id"]), fast_forward, wait_quota, before or {})
    from common.command_line.views.run import started_page

    session.show({**(before or {}), **started}, started_page)
    return OK


def _settings(texts: list[str] | None, batch_size: int | None) -> dict[str, Any]:
    wanted: dict[str, Any] = arguments.settings(texts)
    if batch_size is not None:
        if "batch_size" in wanted:
            raise Usage("batch_size is set twice; say it once.", reason="bad_pair")
        wanted["batch_size"] = batch_size
    return wanted


def _follow(
    session: Session, run_id: str, fast_forward: bool, wait_quota: bool, before: dict[str, Any]
) -> int:
    from common.command_line.follow import Follower
    from common.command_line.progress import progress
    from common.command_line.watch import Rules

    clock = session.clock if fast_forward else None
    patience = None if wait_quota or session.target.control else _PATIENCE
    pause = _LOCAL_PAUSE if session.target.control else _REMOTE_PAUSE
    shown = progress(session.output)
    try:
        rules = Rules(move_clock=clock is not None, patience=patience, pause=pause)
        followed = Follower(session.api, shown, clock, session.pause).follow(run_id, rules)
    except KeyboardInterrupt:
        shown.close()
        return _leave(session, run_id)
    finally:
        shown.close()
    return _report(session, followed, before)


def _leave(session: Session, run_id: str) -> int:
    session.output.fail(
        "interrupted",
        f"{run_id} goes on: `shelfline status {run_id}` shows it, `shelfline cancel {run_id}` ends it.",
    )
    return INTERRUPTED


def _report(session: Session, followed: Any, before: dict[str, Any]) -> int:
    from common.command_line.views.page import newest
    from common.command_line.views.run import run_page
    from common.command_line.watch import Why

    run, stop = followed.run, followed.stop
    session.show({**before, **run}, run_page)
    if stop.why is Why.QUOTA:
        at = newest(stop.until.isoformat())
        session.output.say(f"It goes on by itself at {at}; then see `shelfline status {run.get('id')}`.")
        return OK
    return OK if run.get("state") in ("completed", "waiting") and run.get("adds_up") else FAILED


def _log(level: LogLevel | None) -> None:
    if level is not None:
        from common.logs import configure

        configure(level.value)
