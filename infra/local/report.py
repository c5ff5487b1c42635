"""The report of `make run`: figures a flow, what was pushed where, and whether it adds up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FIGURES = (
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

Run = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """What was run: the runs of each flow, as the API shows them."""

    seconds: float
    flows: Mapping[str, Sequence[Run]]

    @property
    def adds_up(self) -> bool:
        """Whether every run adds up."""
        return all(run["adds_up"] for runs in self.flows.values() for run in runs)

    def as_json(self) -> dict[str, Any]:
        """The report as `var/report.json` holds it; the figures of a flow are sums over its runs."""
        flows = {name: summed(runs) for name, runs in self.flows.items()}
        return {"adds_up": self.adds_up, "seconds": self.seconds, "flows": flows}


def summed(runs: Sequence[Run]) -> dict[str, Any]:
    """One flow: figures, seconds (wall and business time) and pushes summed over its runs, and the details of the last."""
    return {
        **{name: sum(run["figures"].get(name, 0) for run in runs) for name in FIGURES},
        "seconds": round(sum(run["seconds"] or 0 for run in runs), 3),
        "virtual_seconds": round(sum(run["virtual_seconds"] or 0 for run in runs), 3),
        "adds_up": all(run["adds_up"] for run in runs),
        "pushed": _sums([run["pushed"] for run in runs]),
        "detail": dict(runs[-1]["detail"]) if runs else {},
        "runs": [run["id"] for run in runs],
    }


def show(report: Report, file: Path) -> None:
    """Print the table, what was pushed where, and where the report is."""
    console = Console()
    flows = report.as_json()["flows"]
    table = Table("", *flows, title="What became of the records", title_justify="left")
    for figure in FIGURES:
        table.add_row(figure.replace("_", " "), *(str(flow[figure]) for flow in flows.values()))
    table.add_row("seconds", *(f"{flow['seconds']:.1f}" for flow in flows.values()))
    for column in table.columns[1:]:
        column.justify = "right"
    console.print(table)
    for name, flow in flows.items():
        pushed = ", ".join(f"{count} to {target}" for target, count in flow["pushed"].items())
        console.print(f"{name}: pushed {pushed or 'nothing'}; business time {flow['virtual_seconds']:.0f} s")
    verdict = "everything adds up" if report.adds_up else "[bold red]IT DOES NOT ADD UP[/]"
    console.print(f"{verdict}; {report.seconds:.1f} s in all; the report is in {file}")


def _sums(counted: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = {name: 0 for one in counted for name in one}
    return {name: sum(one.get(name, 0) for one in counted) for name in names}
