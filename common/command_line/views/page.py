"""Pieces of a page: tables that become blocks on a narrow terminal, pairs of name and value, headings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from common.command_line.plain import plain
from common.command_line.watch import moment

_COLUMN_NEEDS = 12
"""Characters that a column wants; with less for each, a table is unreadable and rows are shown as blocks."""
_NUMERIC = frozenset({"count", "attempts", "used", "remaining", "capacity", "row"})


@dataclass(frozen=True)
class Rows:
    """Records under headings. columns: the record's key, and its heading."""

    columns: Sequence[tuple[str, str]]
    records: Sequence[Mapping[str, Any]]
    title: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table, or as blocks where it is narrow."""
        if self.title:
            yield heading(self.title)
        wide = options.max_width >= _COLUMN_NEEDS * len(self.columns)
        yield self._table() if wide else Text("\n\n".join(map(self._block, self.records)))

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for key, name in self.columns:
            table.add_column(name, justify="right" if key in _NUMERIC else "left", overflow="fold")
        for record in self.records:
            table.add_row(*(Text(cell(record.get(key))) for key, _ in self.columns))
        return table

    def _block(self, record: Mapping[str, Any]) -> str:
        return "\n".join(f"{name}: {cell(record.get(key))}" for key, name in self.columns)


def pairs(values: Iterable[tuple[str, Any]]) -> Table:
    """Names and values, one pair a line; values that are None are left out."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in values:
        if value is not None:
            table.add_row(Text(plain(name)), Text(cell(value)))
    return table


def heading(text: str) -> Text:
    """A line above what belongs to it."""
    return Text(f"\n{plain(text)}", style="bold")


def line(text: str, style: str = "") -> Text:
    """A line of text; nothing in it is markup."""
    return Text(plain(text), style=style)


def nothing(text: str) -> list[RenderableType]:
    """A page that says that there is nothing, and why that may be."""
    return [line(text)]


def cell(value: Any) -> str:
    """A value as a cell shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(name)}={cell(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    at = moment(value)
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else plain(value)


def spent(seconds: Any) -> str | None:
    """A duration for a person."""
    if not isinstance(seconds, int | float):
        return None
    minutes, rest = divmod(float(seconds), 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"


def newest(at: Any) -> str:
    """A time of day for a line of text; the date too when it is not today's."""
    found = moment(at)
    if found is None:
        return plain(at)
    found = found.astimezone(UTC)
    same_day = found.date() == datetime.now(UTC).date()
    return f"{found:%H:%M:%S} UTC" if same_day else f"{found:%Y-%m-%d %H:%M:%S} UTC"
