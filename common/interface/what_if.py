"""What stored decisions would be under other settings, before these are saved."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from common.errors import NotFound
from common.flows import flow
from common.interface.configuration import Configuration
from common.interface.desk import Desk, View
from common.pipeline.flow import load

_MOST_EXAMPLES = 20

_STORED = """
select key, route, rule, features from decisions
where tenant_id = :tenant and flow = :flow and at > shelfline_now() - make_interval(days => :days)
order by at desc, id desc limit :limit
"""


class Shift(View):
    """So many decisions that would go another way, or the same way by another rule."""

    from_route: str
    to_route: str
    rule_from: str
    rule_to: str
    count: int


class Example(View):
    """One record whose route would change."""

    key: str
    from_route: str
    to_route: str


class Forecast(View):
    """decisions: looked at; changed: those whose route would change; undecidable: those that were errors then."""

    decisions: int
    changed: int
    undecidable: int
    by: list[Shift]
    examples: list[Example]


class WhatIf(Desk):
    """Replays the tenant's decisions."""

    def forecast(
        self, flow_name: str, settings: Mapping[str, Any], *, since_days: int = 30, limit: int = 10_000
    ) -> Forecast:
        """What the newest decisions of so many days would be under these settings; nothing is stored.

        Raises NotFound for a flow that keeps no decisions, Usage for a setting that is unknown or out of range.
        """
        declared = flow(flow_name)
        if declared.policy is None:
            raise NotFound(f"The flow {flow_name} keeps no decisions to replay.", reason="no_policy")
        resolved = Configuration(self.services, self.principal).resolved(flow_name, settings)
        stored = self.rows(_STORED, flow=flow_name, days=since_days, limit=limit)
        now = load(declared.policy)(stored, resolved)
        pairs = list(zip(stored, now, strict=True))
        return _told([(before, after) for before, after in pairs if after is not None], len(stored))


def _told(pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]], looked_at: int) -> Forecast:
    rerouted = [(before, after) for before, after in pairs if before["route"] != str(after["route"])]
    shifts = Counter(
        (before["route"], str(after["route"]), before["rule"], after["rule"])
        for before, after in pairs
        if (before["route"], before["rule"]) != (str(after["route"]), after["rule"])
    )
    examples = rerouted[:_MOST_EXAMPLES]
    return Forecast(
        decisions=looked_at,
        changed=len(rerouted),
        undecidable=looked_at - len(pairs),
        by=[
            Shift(from_route=a, to_route=b, rule_from=c, rule_to=d, count=count)
            for (a, b, c, d), count in shifts.most_common()
        ],
        examples=[
            Example(key=b["key"], from_route=b["route"], to_route=str(a["route"])) for b, a in examples
        ],
    )
