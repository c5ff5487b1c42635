"""What a person is asked when automation could not go on with an item."""

from collections.abc import Mapping, Sequence
from typing import Any


def fallback_task(
    record: Mapping[str, Any],
    error: str,
    *,
    evidence: Sequence[Mapping[str, Any]] = (),
    resume_step: str = "stage",
) -> dict[str, Any]:
    """A manual task as the writers take it. record: what the person has to recognise; resume_step: where it goes on once answered."""
    return {
        "task_type": "automation_fallback",
        "priority": "HIGH",
        "priority_score": 0.9,
        "confidence": 1.0,
        "record": dict(record),
        "evidence": [dict(each) for each in evidence],
        "error": error,
        "resume_step": resume_step,
    }
