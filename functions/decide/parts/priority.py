"""The priority of a record, from 0 to 1, and whether anybody gave it one."""

from dataclasses import dataclass

from common.scores import score_to_fraction

NEUTRAL_PRIORITY = 0.5
"""The priority of a record without a score: neither held back nor put first."""


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority from 0 to 1. Raises ValueError outside; a score of 0 to 100 goes through `from_score`."""

    value: float
    has_score: bool

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            raise ValueError(
                f"A priority lies between 0 and 1, not at {self.value}; was it a score of 0 to 100?"
            )


def from_score(score: float | None) -> Priority:
    """The priority of a source's score from 0 to 100. Raises ValueError outside that range."""
    return from_fraction(None if score is None else score_to_fraction(score))


def from_fraction(fraction: float | None) -> Priority:
    """The priority of a normalised record's score from 0 to 1. Raises ValueError outside that range."""
    return (
        Priority(NEUTRAL_PRIORITY, has_score=False)
        if fraction is None
        else Priority(fraction, has_score=True)
    )
