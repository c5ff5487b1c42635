"""The priority score of a parts row: a record of the source, or one figure in a user's table."""

import json
from collections.abc import Mapping
from typing import Any, TypedDict

from common.problems import BadValue
from common.scores import score_to_fraction
from functions.fetch.parts.fields import flag, number


class RecordPriority(TypedDict):
    """The priority of a normalised record."""

    score: float | None
    """0 to 1; None when nobody scored the record."""
    percentile: float | None
    """Share of records that stand before it, 0 to 1: lower is better."""
    has_score: bool


def record_priority(raw: Any, flat_percentile: float | None = None) -> RecordPriority:
    """The priority that `raw` states: a record with `score` from 0 to 100, such a figure alone, or nothing.

    Raises `BadValue` for a score that is no number or out of range.
    """
    stated = _stated(raw)
    score = number(stated.get("score"))
    percentile = share(stated["percentile"]) if "percentile" in stated else flat_percentile
    if score is not None and not 0 <= score <= 100:
        raise BadValue("out_of_range", "A priority score lies between 0 and 100.")
    if score is None or flag(stated.get("has_score")) is False:
        return RecordPriority(score=None, percentile=percentile, has_score=False)
    return RecordPriority(score=score_to_fraction(score), percentile=percentile, has_score=True)


def share(raw: Any) -> float | None:
    """A percentile: a share from 0 to 1, or None when it is absent. Raises `BadValue`."""
    value = number(raw)
    if value is not None and not 0 <= value <= 1:
        raise BadValue("out_of_range", "A percentile lies between 0 and 1.")
    return value


def _stated(raw: Any) -> Mapping[str, Any]:
    if isinstance(raw, str) and raw.strip().startswith("{"):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise BadValue("not_a_number", f"This looks like JSON, but is not: {error}") from None
    return raw if isinstance(raw, Mapping) else {"score": raw}
