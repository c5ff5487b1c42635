"""ImageHash: pHash and dHash of 256 bits from one decode of each image, in as many processes as there are cores."""

import time
from importlib.metadata import version
from multiprocessing import Pool
from pathlib import Path

import imagehash
from encoded_images import images, tell
from PIL import Image

_CHUNK = 10


def hashes(file: Path) -> tuple[str, str]:
    """Of one image."""
    with Image.open(file) as image:
        return str(imagehash.phash(image, hash_size=16)), str(imagehash.dhash(image, hash_size=16))


def main() -> None:
    """Hash all of a folder."""
    given = images()
    files = sorted(given.images.iterdir())
    with Pool(given.workers) as pool:
        pool.map(hashes, files[: given.workers])  # imports what it needs
        started = time.perf_counter()
        found = pool.map(hashes, files, _CHUNK)
        seconds = time.perf_counter() - started
    how = f"ImageHash {version('ImageHash')}, each image decoded once, {given.workers} processes"
    tell(seconds, how, {file.name: phash for file, (phash, _) in zip(files, found, strict=True)})


if __name__ == "__main__":
    main()
