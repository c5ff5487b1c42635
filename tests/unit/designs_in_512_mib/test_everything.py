"""An instance of 512 MiB takes every odd file to its end: read, or refused with its reason; the rest goes on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.samples import make_designs
from tests.support.processes import ROOT
from tests.unit.designs_in_512_mib.hostile import write_all

MIB = 1 << 20


def told_of(folder: Path) -> dict[str, Any]:
    """What an instance says of the files of a folder, and the most memory that it had: what an instance is ended for."""
    command = [sys.executable, "-m", "tests.unit.designs_in_512_mib.instance", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files are."""
    return tmp_path_factory.mktemp("hostile")


def test_hostile_files_and_the_largest_that_are_allowed(folder: Path) -> None:
    expected = write_all(folder)
    told = told_of(folder)
    assert told["hashed"] == expected
    assert told["peak"] < 512 * MIB
    # A picture that is read can still be too large to be printed.
    assert {name for name, reason in told["staged"].items() if reason} >= {
        name for name, reason in expected.items() if reason
    }
    assert told["staged"]["fine 1.png"] == told["staged"]["fine 2.png"] == ""
    for name in folder.iterdir():
        name.unlink()


def test_the_odd_ones_of_the_samples(tmp_path: Path) -> None:
    for name, make in make_designs._ODD.items():
        make(tmp_path / name)
    told = told_of(tmp_path)
    refused = {name: reason for name, reason in told["hashed"].items() if reason}
    assert refused == {
        "cut off.png": "truncated",
        "nothing to see.png": "fully_transparent",
        "empty.png": "zero_bytes",
        "notes.png": "not_an_image",
        "huge.png": "too_many_pixels",
    }
    assert told["staged"] == told["hashed"]
    assert told["peak"] < 512 * MIB
