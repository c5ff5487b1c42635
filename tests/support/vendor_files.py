"""The vendors' own descriptions of their APIs.

They are the vendors' and no part of this project: they lie beside it, and tests that need one are skipped without it.
"""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "vendors"


def vendor_file(name: str, what: str) -> str:
    """The text of a file; skips the test when it is not at hand. what: "Etsy's API description"."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{what} is not at {path}")
    return path.read_text(encoding="utf-8")
