"""End to end: the whole local stack, as `make run` starts it."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of these tests, so that they can be left out."""
    config.addinivalue_line("markers", "e2e: starts the whole local stack; takes up to a minute and a half")
