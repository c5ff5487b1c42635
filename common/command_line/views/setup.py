"""Settings and tokens."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from common.command_line.views.page import Rows, cell, heading, line, nothing

_SETTINGS = (
    ("name", "Setting"),
    ("value", "Value"),
    ("origin", "From"),
    ("default", "Default"),
    ("allowed", "Allowed"),
    ("help", "Meaning"),
)
_TOKENS = (("id", "Id"), ("name", "Name"), ("role", "Role"), ("created_at", "Made (UTC)"))


def config_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """Every setting with its value and who said so."""
    settings = answer.get("settings") or {}
    rows = [{"name": name, "allowed": _allowed(setting), **setting} for name, setting in settings.items()]
    page: list[RenderableType] = [Rows(_SETTINGS, rows)]
    if ignored := answer.get("ignored"):
        page.append(line(f"\nNo such setting, so ignored: {cell(ignored)}", style="bold"))
    return page


def changed_config_page(answer: Mapping[str, Any], names: list[str]) -> list[RenderableType]:
    """The settings that were changed, as they are now."""
    settings = answer.get("settings") or {}
    known = {name.lower(): setting for name, setting in settings.items()}
    found = [(name, known[name.lower()]) for name in names if name.lower() in known]
    return [line(f"{name} = {cell(each.get('value'))} ({each.get('origin')})") for name, each in found]


def token_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The only time a token is shown."""
    return [
        heading(f"Token of {answer.get('name')} ({answer.get('role')}), shown this once:"),
        line(str(answer.get("token"))),
    ]


def tokens_page(answer: Mapping[str, Any]) -> list[RenderableType]:
    """The tokens there are."""
    tokens = answer.get("tokens") or []
    return [Rows(_TOKENS, tokens)] if tokens else nothing("There are no tokens.")


def _allowed(setting: Mapping[str, Any]) -> str:
    return " ".join(cell(setting.get(name)) for name in ("range", "unit") if setting.get(name))
