"""Whoever writes a mapping finds every name that it may use."""

from functions.fetch.orders.columns import KINDS
from tests.support.processes import ROOT


def test_the_documentation_names_every_column() -> None:
    documented = (ROOT / "docs" / "orders.md").read_text()
    assert [column for column in KINDS if f"`{column}`" not in documented] == []
