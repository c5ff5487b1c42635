"""Two states of an order book from CSV files, and telling what a peer made of them.

Each script that compares them takes --before, --after (CSV files of text), --key (headers, with | between) and --found (a
file to write the natural keys of what is new, changed and deleted to), and prints {"seconds", "how"}.
"""

import argparse
import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Books:
    """Both states as rows of text in memory."""

    headers: list[str]
    before: list[list[str]]
    after: list[list[str]]
    key: list[str]
    """Headers of the natural key."""
    found: Path

    def keys(self, rows: Iterable[list[str]]) -> list[str]:
        """The natural key of each row as one text."""
        places = [self.headers.index(header) for header in self.key]
        return ["|".join(row[place] for place in places) for row in rows]

    def tell(
        self, seconds: float, how: str, new: Iterable[str], changed: Iterable[str], deleted: Iterable[str]
    ) -> None:
        """Write what was found, and print the time."""
        found = {"new": sorted(new), "changed": sorted(changed), "deleted": sorted(deleted)}
        self.found.write_text(json.dumps(found))
        print(json.dumps({"seconds": seconds, "how": how}))


def books(*options: str) -> tuple[Books, argparse.Namespace]:
    """The books that the command line names, and its own options."""
    parser = argparse.ArgumentParser()
    for name in ("--before", "--after", "--found"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--key", required=True)
    for option in options:
        parser.add_argument(option, action="store_true")
    given = parser.parse_args()
    headers, before = _read(given.before)
    _, after = _read(given.after)
    return Books(headers, before, after, given.key.split("|"), given.found), given


def _read(file: Path) -> tuple[list[str], list[list[str]]]:
    with file.open(newline="", encoding="utf-8") as stream:
        headers, *rows = csv.reader(stream)
    return headers, rows
