"""One stack for all end-to-end tests of a worker, in a folder named `var` as a user has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack, up."""
    folder: Path = tmp_path_factory.mktemp("e2e") / "var"
    with running_stack(folder) as running:
        yield running
