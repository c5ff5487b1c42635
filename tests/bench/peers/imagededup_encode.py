"""imagededup: its own encoder over a folder; pHash of 64 bits, or with --dhash dHash.

Only its hashing is imported. The packages around it also load its neural network, and with that gigabytes of libraries
that no hash needs; so they are entered by their folders, without their `__init__`.
"""

import importlib.util
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from encoded_images import images, tell


def hashing() -> Any:
    """The module imagededup.methods.hashing, as it is installed."""
    found = importlib.util.find_spec("imagededup")
    if found is None or found.origin is None:
        sys.exit("imagededup is missing: make bench installs it from requirements-bench-alone.txt")
    for name in ("methods", "utils"):
        package = ModuleType(f"imagededup.{name}")
        package.__path__ = [str(Path(found.origin).parent / name)]
        sys.modules[package.__name__] = package
    return importlib.import_module("imagededup.methods.hashing")


def main() -> None:
    """Hash all of a folder."""
    given = images("--dhash")
    methods = hashing()
    encoder = (methods.DHash if given.dhash else methods.PHash)(verbose=False)
    started = time.perf_counter()
    found = encoder.encode_images(image_dir=str(given.images), num_enc_workers=given.workers)
    seconds = time.perf_counter() - started
    how = f"imagededup {version('imagededup')}, encode_images with {given.workers} processes"
    tell(seconds, how, found)


if __name__ == "__main__":
    main()
