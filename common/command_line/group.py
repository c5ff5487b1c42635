"""A group of commands whose help page lists them by panel, with whole sentences."""

from typing import Any

import typer
from typer.core import TyperGroup

_NAMES_WIDTH = 14
_LONGEST = 200


class Group(TyperGroup):
    """Commands under one word."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands into a help page, those of one panel together."""
        for panel, commands in by_panel(self).items():
            with formatter.section(panel):
                about = [(name, each.get_short_help_str(limit=_LONGEST)) for name, each in commands]
                formatter.write_dl(about, col_max=_NAMES_WIDTH)


def by_panel(group: TyperGroup) -> dict[str, list[tuple[str, Any]]]:
    """The commands of a group by name, under the panels they belong to."""
    panels: dict[str, list[tuple[str, Any]]] = {}
    for name, command in group.commands.items():
        panels.setdefault(getattr(command, "rich_help_panel", None) or "Commands", []).append((name, command))
    return panels


def subcommands(app: typer.Typer, name: str, about: str, panel: str) -> typer.Typer:
    """A group of its own under `name`; commands are added to what this answers."""
    group = typer.Typer(cls=Group, no_args_is_help=True, help=about, rich_markup_mode=None)

    @group.callback()
    def only_a_group() -> None:  # without it, a group of one command would be that command
        pass

    app.add_typer(group, name=name, help=about, rich_help_panel=panel)
    return group
