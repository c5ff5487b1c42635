"""Letting parked items go on, in the very transaction that says why: a crash cannot fall between the two.

What is left to do after the commit, waking the chunks, is found by sweep if it is missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.database.engine import call
from common.flows import flow

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHUNK_SIZE = 50


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a resume did. moved: items; lane: what may have something to wake now."""

    moved: int
    lane: str


def resume(
    connection: "Connection",
    tenant: str,
    run_id: str,
    flow_name: str,
    items: Sequence[int],
    step_name: str,
    *,
    state: str,
    reason: str,
    by: str,
    data: Mapping[int, Mapping[str, Any]] | None = None,
) -> Resumed:
    """Items of a run that are parked in `state` go on at a step, with more data; others are left as they are."""
    declared = flow(flow_name)
    lane = declared.lane(declared.step(step_name), run_id)
    request: dict[str, Any] = {
        "tenant": tenant,
        "run": run_id,
        "items": list(items),
        "step": step_name,
        "lane": lane,
    }
    request |= {
        "chunk_size": _CHUNK_SIZE,
        "from": [state],
        "reason": reason,
        "by": by,
        "data": {str(item): patch for item, patch in (data or {}).items()},
    }
    answer = call(connection, "shelfline_resume_items_v1", request)
    return Resumed(int(answer["moved"]), lane)


def end(
    connection: "Connection", tenant: str, run_id: str, items: Sequence[int], *, reason: str, by: str
) -> int:
    """Parked items of a run end as rejected, without going on; how many."""
    ending = {"tenant": tenant, "run": run_id, "items": list(items), "state": "rejected", "outcome": "reject"}
    return int(call(connection, "shelfline_end_items_v1", {**ending, "reason": reason, "by": by}))
