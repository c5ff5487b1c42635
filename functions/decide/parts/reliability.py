"""How far automation can be trusted with a maker's parts: learned from outcomes, steadied by a prior."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from common.settings import ResolvedSettings


@dataclass(frozen=True, slots=True)
class ReliabilityPrior:
    """What is believed before there are outcomes, and how many outcomes that belief is worth."""

    weight: float = 5
    known: float = 0.6
    """Of a maker we have in our tables."""
    unknown: float = 0.5

    @classmethod
    def from_settings(cls, settings: ResolvedSettings) -> Self:
        """The prior of a run."""
        return cls(
            weight=settings.reliability_prior_weight,
            known=settings.reliability_prior_known,
            unknown=settings.reliability_prior_unknown,
        )


def reliability(successes: int, outcomes: int, *, known: bool, prior: ReliabilityPrior) -> float:
    """(successes + k·prior) / (outcomes + k), from 0 to 1.

    Reckoned exactly and rounded once, so that a maker exactly at a threshold has reached it. Raises
    ValueError unless 0 <= successes <= outcomes.
    """
    if not 0 <= successes <= outcomes:
        raise ValueError(f"{successes} successes cannot be among {outcomes} outcomes.")
    weight = Fraction(str(prior.weight))
    belief = Fraction(str(prior.known if known else prior.unknown))
    if outcomes + weight == 0:
        return float(belief)
    return float((successes + weight * belief) / (outcomes + weight))
