"""The bench is not run by the tests; that it would start is."""

import subprocess
import sys

from tests.support.processes import ROOT


def test_it_says_what_it_measures() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "orders" in told.stdout
