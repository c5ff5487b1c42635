"""What a file of the user's says and what is wrong with it: the customer book, a shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from common.customers.problem import BookProblem
from common.errors import Refuse

Said = TypeVar("Said")
_MOST_TOLD = 20
"""Problems in the sentence of an error; the whole list goes with it."""


@dataclass(frozen=True)
class CheckedFile(Generic[Said]):
    """A file that was read."""

    draft: Said
    """What could be read, also where something is wrong; for counting, not for working with."""
    problems: tuple[BookProblem, ...]
    """Everything found, by line."""
    is_readable: bool
    """False when it is no YAML of such a file at all, so that nothing else could be said of it."""

    @cached_property
    def errors(self) -> tuple[BookProblem, ...]:
        """What keeps it from being loaded."""
        return tuple(each for each in self.problems if each.severity == "error")

    @cached_property
    def warnings(self) -> tuple[BookProblem, ...]:
        """What should be looked at."""
        return tuple(each for each in self.problems if each.severity == "warning")

    @property
    def valid(self) -> Said | None:
        """What it says, if there is no error in it."""
        return None if self.errors else self.draft


class FileRefused(Refuse):
    """A file has errors, so it was not loaded."""

    def __init__(self, file: str, command: str, problems: Sequence[BookProblem]) -> None:
        """command: what lists all of its problems, such as "customers"."""
        told = "; ".join(str(each) for each in problems[:_MOST_TOLD])
        more = f"; and {len(problems) - _MOST_TOLD} more" if len(problems) > _MOST_TOLD else ""
        super().__init__(
            f"{file} was not loaded: {told}{more}. `shelfline {command} check FILE` lists all; correct them there."
        )
        self.problems = tuple(problems)
