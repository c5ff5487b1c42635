"""What the resolvers of one call work with."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from graphql import GraphQLResolveInfo

from infra.local.faults import FaultBook
from infra.local.vendors.monday.cursors import Cursors
from infra.local.vendors.monday.limits import Points
from infra.local.vendors.monday.workspace import Workspace


class Jobs(Protocol):
    """The ingest jobs, as the resolvers see them."""

    def begin(self, board_id: str, group_id: str, on_match: dict[str, Any] | None, base_url: str) -> Any:
        """A new job that waits for its upload."""

    def status(self, job_id: str, base_url: str) -> Any:
        """How far a job is; raises Refused when there is none."""


@dataclass
class Call:
    """The context of one execution."""

    workspace: Workspace
    cursors: Cursors
    jobs: Jobs
    faults: FaultBook
    points: Points
    base_url: str
    """Scheme and host by which the caller reached the stand-in."""


Info: TypeAlias = GraphQLResolveInfo[Call]
"""What graphql hands to a resolver."""
