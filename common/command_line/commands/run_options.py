"""The options of `shelfline run`, each with its help."""

from enum import StrEnum
from typing import Annotated

import typer


class Mode(StrEnum):
    """Whether a run writes to the targets."""

    TEST = "TEST"
    PRODUCTION = "PRODUCTION"


class LogLevel(StrEnum):
    """How much the command line tells of its own doing."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


Limit = Annotated[int | None, typer.Option(min=1, help="At most so many items, the best first.")]
PriorityThreshold = Annotated[
    float | None, typer.Option(min=0, max=1, help="Only items with a score from 0 to 1 at or above it.")
]
PartNumbers = Annotated[list[str] | None, typer.Option(help="Only this part number; may be repeated.")]
Manufacturer = Annotated[str | None, typer.Option(help="Only parts of this maker.")]
Customer = Annotated[
    str | None,
    typer.Option(help="Only orders of this customer, in any spelling; none is taken for gone."),
]
PoNumber = Annotated[
    str | None, typer.Option(help="Only orders of this purchase order; none is taken for gone.")
]
OverrideGuard = Annotated[
    bool,
    typer.Option(
        "--override-guard", help="Let a mass change pass, this once; it is recorded with your name."
    ),
]
ReplayOf = Annotated[
    str | None,
    typer.Option(metavar="RUN", help="Read what this earlier run read, instead of the source."),
]
Baseline = Annotated[
    bool,
    typer.Option(
        "--baseline", help="Adopt the source, and what the boards hold of it, as it is now; push nothing."
    ),
]
ForceManual = Annotated[
    bool, typer.Option("--force-manual", help="A person for all, whatever the rules say.")
]
ForceAutomation = Annotated[
    bool, typer.Option("--force-automation", help="Automation for all, whatever the rules say.")
]
ModeOption = Annotated[
    Mode | None,
    typer.Option(case_sensitive=False, help="TEST leaves the targets alone.", show_default=False),
]
BatchSize = Annotated[int | None, typer.Option(min=1, help="Items that a function takes at once.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting for this run only; may be repeated."),
]
Tenant = Annotated[str | None, typer.Option(help="Refuse to start when the token is another tenant's.")]
LogLevelOption = Annotated[
    LogLevel | None, typer.Option(case_sensitive=False, help="Log this program's own calls.")
]
Wait = Annotated[bool, typer.Option(help="Follow the run until it ends or only people hold it.")]
FastForward = Annotated[
    bool, typer.Option(help="On the local stack, move the clock ahead while a run only waits for a time.")
]
WaitQuota = Annotated[
    bool,
    typer.Option("--wait-quota", help="On a deployment, wait also when a quota opens only in hours."),
]
