"""What the scripts that hash images take and print: --images FOLDER --workers N, {"seconds", "images", "how", "hashes"}."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path


def images(*flags: str) -> argparse.Namespace:
    """The options: images, workers, and these flags."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--workers", type=int, required=True)
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    return parser.parse_args()


def tell(seconds: float, how: str, hashes: Mapping[str, str]) -> None:
    """Print the result. hashes: by the name of the file, hexadecimal."""
    print(json.dumps({"seconds": seconds, "images": len(hashes), "how": how, "hashes": dict(hashes)}))
