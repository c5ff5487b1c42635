"""The one query of the parts flow: parameters only, never a value in the text."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

_CONDITIONS: Mapping[str, str] = {
    "priority_threshold": "priority_score.score >= @priority_threshold",
    "part_numbers": "upper(pn) in unnest(@part_numbers)",
    "manufacturer": "lower(manufacturer) = @manufacturer",
}


def query(options: Mapping[str, Any], settled: Sequence[str]) -> tuple[str, dict[str, object]]:
    """SQL and parameters for a run's options. Scores in the table go from 0 to 100, thresholds from 0 to 1.

    A threshold of 0 is a threshold: it leaves out parts without a score. `settled` product ids come last.
    """
    parameters: dict[str, object] = {"limit": int(options.get("limit", 100))}
    if options.get("priority_threshold") is not None:
        parameters["priority_threshold"] = float(options["priority_threshold"]) * 100
    if options.get("part_numbers"):
        parameters["part_numbers"] = [str(number).upper() for number in options["part_numbers"]]
    if options.get("manufacturer"):
        parameters["manufacturer"] = str(options["manufacturer"]).lower()
    conditions = [condition for name, condition in _CONDITIONS.items() if name in parameters]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = "priority_score.score desc nulls last, product_id"
    if settled:
        parameters["settled"] = list(settled)
        order = f"product_id in unnest(@settled), {order}"
    # The conditions are constants of this module; every value is a parameter.
    return f"select * from parts{where} order by {order} limit @limit", parameters  # noqa: S608


def job_id(run_id: str) -> str:
    """The id of the run's query job: the same run never asks twice."""
    return f"shelfline_fetch_{hashlib.sha256(run_id.encode()).hexdigest()[:32]}"
