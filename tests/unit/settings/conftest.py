"""An environment without any setting in it, and an empty folder to run in."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of the test, where `.env` is looked for."""
    bare = {"USE_INTEGRATED", "REALTIME_PROCESSING", "FAST", "WORKERS", "MULTITHREADING", "SKIP_EXISTING"}
    for name in list(os.environ):
        if name.startswith("SHELFLINE_") or name in bare | {"BATCH_SIZE", "PREF_FETCH", "FETCH_VEHICLE_DATA"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
