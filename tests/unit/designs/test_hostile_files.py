"""Whatever is done to a file, it is read or refused with a reason; and nothing is loaded before there is one."""

import io
import subprocess
import sys
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.hash.designs.fingerprint import Fingerprint, Fingerprinter
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import REASONS, ImageRefused
from functions.hash.designs.signature import KINDS
from infra.local.samples.artwork import artwork
from tests.support.processes import ROOT
from tests.unit.designs.files import encoded

FINGERPRINTER = Fingerprinter(Reader(ImageLimits(megapixels=2)))
MODULES = ("fingerprint", "reading", "matching", "presets", "variants", "calibrate")


@cache
def small(kind: str) -> bytes:
    """A small file of this format."""
    return encoded(artwork(2, 60).convert("RGB"), kind).getvalue()


@pytest.mark.filterwarnings("ignore")  # Pillow warns of damaged metadata, and goes on
@settings(max_examples=250)
@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0.2, 1),
)
def test_damage_anywhere_is_read_or_refused(kind: str, damage: list[tuple[float, int]], share: float) -> None:
    file = bytearray(small(kind))
    for place, byte in damage:
        file[int(place**3 * len(file))] = byte  # mostly the header, where it hurts
    outcome = outcome_of(bytes(file[: int(len(file) * share)]))
    assert isinstance(outcome, Fingerprint) or outcome.reason in REASONS


def outcome_of(file: bytes) -> Fingerprint | ImageRefused:
    """The fingerprint of a file, or why there is none; anything else is an error of ours."""
    try:
        return FINGERPRINTER(io.BytesIO(file))
    except ImageRefused as refused:
        return refused


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(ImageRefused) as refused:
        FINGERPRINTER(io.BytesIO(data))
    assert refused.value.reason in REASONS


def test_a_stream_stays_open() -> None:
    for data in (small("PNG"), small("JPEG")[:200], b"", b"no picture"):
        stream = io.BytesIO(data)
        with suppress(ImageRefused):
            FINGERPRINTER(stream)
        assert not stream.closed


def test_importing_loads_no_library_of_pictures_or_numbers() -> None:
    names = ", ".join(f"functions.hash.designs.{module}" for module in MODULES)
    heavy = {"PIL", "numpy", "scipy", "imagehash"}
    code = f"import sys, {names}; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
