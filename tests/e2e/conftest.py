"""End to end: the whole local stack, one for all these tests of a worker, in a folder named `var` as a user has it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside, inside
from tests.support.stack import Stack, make_run, running_stack


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of these tests, so that they can be left out."""
    config.addinivalue_line("markers", "e2e: starts the whole local stack; takes up to two minutes")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack, up."""
    folder: Path = tmp_path_factory.mktemp("e2e") / "var"
    with running_stack(folder) as running:
        yield running


@pytest.fixture(scope="session")
def first_report(stack: Stack) -> dict[str, Any]:
    """What the first `make run` on this stack reports: the samples are there, and were run."""
    return make_run(stack)


@pytest.fixture(scope="session")
def second_report(stack: Stack, first_report: dict[str, Any]) -> dict[str, Any]:
    """What a second `make run` reports, before anything else has happened."""
    return make_run(stack)


@pytest.fixture
def within(stack: Stack) -> Iterator[Inside]:
    """The stack from inside."""
    with inside(stack) as found:
        yield found
