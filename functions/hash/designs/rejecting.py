"""A file that cannot be taken, as an outcome: by hash when it cannot be read, by stage when it cannot be rendered."""

from common.pipeline import outcome as outcomes
from common.pipeline.item import Item
from common.pipeline.outcome import Outcome


def rejected_file(item: Item, reason: str, detail: str) -> Outcome:
    """The file goes to quarantine with its reason. It is kept by name and size, so that every upload of it is one row there."""
    problem = {"column": "file", "reason": reason, "detail": detail}
    raw = {"file": item.data["filename"], "size": item.data["size"]}
    return outcomes.reject(item, reason, [problem], raw)
