"""What is wrong with a customer book, by line."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from common.customers.limits import MOST_PROBLEMS

Severity = Literal["error", "warning"]
"""A book with an error cannot be loaded; a warning is to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookProblem:
    """One thing that is wrong."""

    line: int
    """As an editor counts, from 1."""
    entry: str
    """The customer by its canonical name, or the place as `customers[3]`, `boards[2]`; empty for the whole file."""
    field: str
    """The key in that entry, such as `order_key_config.unique_keys`; empty when the whole entry is meant."""
    reason: str
    """A short constant: `missing`, `conflict`, `duplicate_key`, …"""
    detail: str
    """What is wrong, and what to do about it."""
    severity: Severity = "error"

    def __str__(self) -> str:
        """As one line for a person."""
        where = " ".join(part for part in (self.entry, self.field) if part)
        return f"line {self.line}: {where}: {self.detail}" if where else f"line {self.line}: {self.detail}"

    def as_json(self) -> dict[str, Any]:
        """The problem as a JSON object."""
        return asdict(self)


class TooManyProblems(Exception):
    """Nobody will read on; looking further has no use."""


class Findings:
    """Collects the problems of one file."""

    def __init__(self) -> None:
        self._found: list[BookProblem] = []

    def error(self, line: int, entry: str, field: str, reason: str, detail: str) -> None:
        """Add what keeps the book from being loaded. Raises TooManyProblems after the thousandth."""
        self._add(BookProblem(line=line, entry=entry, field=field, reason=reason, detail=detail))

    def warn(self, line: int, entry: str, field: str, reason: str, detail: str) -> None:
        """Add what should be looked at. Raises TooManyProblems after the thousandth."""
        self._add(
            BookProblem(line=line, entry=entry, field=field, reason=reason, detail=detail, severity="warning")
        )

    def by_line(self) -> tuple[BookProblem, ...]:
        """Everything found, from the top of the file."""
        return tuple(sorted(self._found, key=lambda each: each.line))

    def _add(self, problem: BookProblem) -> None:
        if len(self._found) == MOST_PROBLEMS:
            detail = f"There are more than {MOST_PROBLEMS:,} problems; correct these, then check again."
            self._found.append(
                BookProblem(line=problem.line, entry="", field="", reason="too_many_problems", detail=detail)
            )
            raise TooManyProblems
        self._found.append(problem)
