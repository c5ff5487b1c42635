"""doctor and quotas."""

from typing import Annotated, Any

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.session import Session
from common.errors import Unavailable


def doctor(
    session: Session,
    vendors: Annotated[
        bool, typer.Option("--vendors", help="Also fetch a token of each vendor and make one cheap call.")
    ] = False,
) -> int:
    """Check services, credentials, tables and books, and say how to mend what is wrong.

    Exit code 1 when something is wrong.
    """
    from common.command_line.views.health import doctor_page

    answer = _checked(session, vendors)
    session.show(answer, doctor_page)
    return OK if answer.get("ok") else FAILED


def quotas(session: Session) -> None:
    """Show what each vendor's account still allows."""
    from common.command_line.views.health import quotas_page

    session.show(session.api.quotas(), quotas_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "doctor", "shelfline doctor --vendors", panel="Setting up")(doctor)
    command(app, "quotas", "shelfline quotas", panel="Setting up")(quotas)


def _checked(session: Session, vendors: bool) -> dict[str, Any]:
    """The API's own checks; when it cannot be asked, that is the finding."""
    try:
        return session.api.doctor(vendors=vendors)
    except Unavailable as error:
        check = {"name": "api", "ok": False, "detail": "It does not answer.", "fix": str(error)}
        return {"ok": False, "checks": [check]}
