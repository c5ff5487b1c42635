"""Pairs of pictures of which a person has said whether they are the same design: a CSV file `a,b,same`."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import Usage

HEADERS = ("a", "b", "same")
_TRUE = frozenset({"1", "true", "yes", "y"})
_FALSE = frozenset({"0", "false", "no", "n"})


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of two pictures, which are named as in their folder."""

    a: str
    b: str
    same: bool


def read_labels(file: Path, names: Sequence[str]) -> list[Label]:
    """The labels of a file. names: those of the pictures there are.

    Raises Usage, naming the row, for a file without these headers, a picture that is not there, a verdict that is
    neither yes nor no.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise Usage(f"{file} cannot be read: {error}.", reason="unreadable_file") from error
    rows = csv.reader(text.splitlines())
    if tuple(cell.strip().lower() for cell in next(rows, [])) != HEADERS:
        raise Usage(f"{file}: its first row has to be {','.join(HEADERS)}.", reason="bad_labels")
    known = frozenset(names)
    return [_label(cells, number, known) for number, cells in enumerate(rows, 2) if any(cells)]


def related(labels: Iterable[Label]) -> frozenset[frozenset[str]]:
    """The pairs that are the same design."""
    return frozenset(frozenset((label.a, label.b)) for label in labels if label.same)


def _label(cells: Sequence[str], number: int, known: frozenset[str]) -> Label:
    if len(cells) != len(HEADERS):
        raise Usage(f"Row {number} of the labels has {len(cells)} cells, not 3.", reason="bad_labels")
    a, b, verdict = (cell.strip() for cell in cells)
    for name in (a, b):
        if name not in known:
            raise Usage(
                f"Row {number} of the labels names {name!r}, which is not in the folder.", reason="bad_labels"
            )
    if a == b or verdict.lower() not in _TRUE | _FALSE:
        raise Usage(f"Row {number} of the labels: two pictures, then yes or no.", reason="bad_labels")
    return Label(a, b, verdict.lower() in _TRUE)
