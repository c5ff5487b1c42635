"""Every command teaches, and the reference page holds what the commands say."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from common.command_line import reference
from tests.unit.command_line.conftest import Shelf, the_program


def every_command(name: str = "", command: Any = None) -> Iterator[tuple[str, Any]]:
    command = command or get_command(the_program())
    if isinstance(command, TyperGroup):
        for child_name, child in command.commands.items():
            yield from every_command(f"{name} {child_name}".strip(), child)
    else:
        yield name, command


COMMANDS = dict(every_command())


def test_there_are_all_commands() -> None:
    wanted = [
        "run",
        "status",
        "pending",
        "cancel",
        "retry",
        "rollback",
        "plan",
        "changes",
        "approve",
        "reject",
        "what-if",
        "timeline",
        "verify",
        "load",
        "config",
        "doctor",
        "calibrate",
        "quotas",
        "up",
        "down",
        "version",
    ]
    wanted += [f"quarantine {word}" for word in ("list", "show", "mend", "replay")]
    wanted += [f"tasks {word}" for word in ("list", "claim", "show", "hand-back", "complete", "validate")]
    wanted += [f"token {word}" for word in ("create", "list", "revoke")]
    wanted += [f"customers {word}" for word in ("check", "load", "show")]
    wanted += [f"shops {word}" for word in ("check", "load", "show")]
    wanted += [f"orders {word}" for word in ("columns", "adopt-columns")]
    assert set(COMMANDS) == {*wanted, "connect digikey", "connect etsy", "connect monday"}


@pytest.mark.parametrize("name", COMMANDS)
def test_it_teaches_with_an_example_that_is_true(shelfline: Shelf, name: str) -> None:
    page = shelfline(*name.split(), "--help").stdout
    examples = [line.strip() for line in page.splitlines() if line.strip().startswith("shelfline ")]
    assert examples
    for example in examples:
        options = [word for word in example.split() if word.startswith("--")]
        assert example.startswith(f"shelfline {name}")
        assert all(option in page.replace(example, "") for option in options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help_and_is_on_the_page(name: str) -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    assert f"### shelfline {name}\n" in page
    for parameter in COMMANDS[name].params:
        assert parameter.help, parameter.name
        assert parameter.help in page
        assert all(option in page for option in parameter.opts if option.startswith("--"))


def test_the_page_is_as_the_commands_are() -> None:
    written = reference.PAGE.read_text(encoding="utf-8")
    assert written == reference.page(), "run: python -m common.command_line.reference"


@pytest.mark.parametrize("columns", [30, 80, 200])
@pytest.mark.parametrize("charset", ["ascii", "utf-8"])
def test_help_prints_everywhere(shelfline: Shelf, charset: str, columns: int) -> None:
    for words in ((), ("run",), ("tasks", "complete")):
        assert shelfline(*words, "--help", charset=charset, columns=columns).exit_code == 0
