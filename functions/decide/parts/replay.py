"""Decide again from what was stored, under other settings: for `what-if`, before the settings are saved."""

from collections.abc import Iterable, Mapping
from typing import Any

from common.settings import ResolvedSettings
from functions.decide.parts.policy import Features, Thresholds, decide


def replay(
    stored: Iterable[Mapping[str, Any]], settings: ResolvedSettings
) -> Iterable[Mapping[str, Any] | None]:
    """For each stored decision what it would be now; None where its features cannot be decided on (it was an error then)."""
    thresholds = Thresholds.from_settings(settings)
    for row in stored:
        yield (
            None
            if "error" in row["features"]
            else decide(Features.from_json(row["features"]), thresholds).as_json()
        )
