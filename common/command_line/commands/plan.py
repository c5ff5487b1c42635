"""plan: what a push would take, before anything is sent."""

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.commands.runs import Flow
from common.command_line.session import Session


def plan(session: Session, flow: Flow) -> int:
    """Reckon what pushing what is staged would take of the vendor's budget: calls, points and days, under each plan.

    Counted are changes that are staged and not pushed yet; without any, what the newest run in mode TEST would
    push. Nothing is sent. Exit code 1 when it takes more days of the account's own plan than plan_most_days: such a
    push waits for an approval.
    """
    from common.command_line.views.plan import plan_page

    answer = session.api.plan(flow)
    session.show(answer, plan_page)
    own = [each for each in answer.get("plans") or () if each.get("is_own")]
    return FAILED if any(each.get("verdict") == "refused" for each in own) else OK


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    command(app, "plan", "shelfline plan orders", panel="Runs")(plan)
