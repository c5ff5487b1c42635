"""The figures of a bench: a table for people, `bench.json` for programs."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measure import Measure


def show(measures: Sequence[Measure], console: Console) -> None:
    """Print one line for each measure."""
    table = Table(title="medians of all rounds, with the least and the most", title_justify="left")
    for name in ("measure", "median", "spread", "unit", "target"):
        table.add_column(name, justify="right" if name in ("median", "spread", "target") else "left")
    for measure in measures:
        table.add_row(*_cells(measure))
    console.print(table)
    for how, names in _by_how(measures).items():
        console.print(f"[dim]{', '.join(names)}: {how}[/]", highlight=False)


def write(measures: Sequence[Measure], loads: Sequence[float], file: Path) -> None:
    """Write every round, and what it ran on. loads: of the machine, in the minute before and after."""
    document = {
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "load": list(loads),
        "measures": [measure.as_json() for measure in measures],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n")


def _cells(measure: Measure) -> tuple[str, ...]:
    colour = {True: "green", False: "red", None: "none"}[measure.met]
    spread = f"{_figure(min(measure.values))} – {_figure(max(measure.values))}"
    median = f"[{colour}]{_figure(measure.median)}[/]"
    return measure.name, median, spread, measure.unit, measure.target


def _by_how(measures: Sequence[Measure]) -> dict[str, list[str]]:
    """The names of the measures that were taken in the same way, by that way."""
    found: dict[str, list[str]] = {}
    for measure in measures:
        found.setdefault(measure.how, []).append(measure.name)
    return found


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
