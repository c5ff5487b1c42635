"""The priority score's scale: sources say 0 to 100, everything in here says 0 to 1."""


def score_to_fraction(score: float) -> float:
    """A score from 0 to 100 as a priority from 0 to 1. Raises ValueError outside that range and for NaN."""
    if not 0 <= score <= 100:
        raise ValueError(f"A priority score lies between 0 and 100, not at {score}.")
    return score / 100
