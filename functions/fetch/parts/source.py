"""The parts of one run, read from BigQuery page by page; the page's token is the cursor."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.canonical import record_hash
from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim
from common.problems import Problem
from common.services import Services
from functions.decide.parts.priority import NEUTRAL_PRIORITY
from functions.fetch.parts.query import job_id, query
from functions.fetch.parts.record import RECORD_COLUMNS, normalise, record_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_SETTLED = 10_000

# Parts there is nothing to do about now: they come last, else a run with a limit would meet the same ones for ever.
_SETTLED = """
select source_product_id from parts where tenant_id = %s and enriched_at > %s and source_product_id is not null
union select record->>'product_id' from manual_tasks where tenant_id = %s and flow = 'parts' and state in ('open', 'claimed')
union select after->>'product_id' from staged_changes where tenant_id = %s and flow = 'parts' and state in ('pending', 'approved')
union select i.data->'record'->>'product_id' from events e join items i on i.id = e.item_id
where e.tenant_id = %s and i.flow = 'parts'
  and e.kind = 'skip' and e.body->>'reason' in ('duplicate_in_source', 'same_key_other_product')
limit %s
"""


class PartsSource:
    """Reads `parts` of the dataset: best score first, those without a score last, within the run's limit and filters."""

    def __init__(self, services: Services) -> None:
        self._warehouse = services.warehouse

    def load(self, connection: "Connection", claim: Claim) -> list[str]:
        """The product ids to read last."""
        since = claim.run.frozen_at - timedelta(days=claim.run.settings.refresh_after_days)
        tenant = claim.run.tenant
        rows = connection.exec_driver_sql(_SETTLED, (tenant, since, tenant, tenant, tenant, _MOST_SETTLED))
        return sorted(row[0] for row in rows if row[0])

    def read(self, claim: Claim, settled: list[str]) -> Iterator[Page]:
        """Pages from the cursor on. The query runs once, by a job id made from the run's."""
        job = job_id(claim.run.id)
        sql, parameters = query(claim.run.options, settled)
        self._warehouse.start_query(job, sql, parameters)
        token, row = claim.cursor.get("page_token"), int(claim.cursor.get("row", 0))
        while True:
            page = self._warehouse.query_page(job, token, claim.run.settings.fetch_page_size)
            children = [child(raw, row + number) for number, raw in enumerate(page.rows, start=1)]
            row += len(page.rows)
            token = page.next_page_token
            yield Page(
                children=children,
                cursor={"job": job, "page_token": token, "row": row},
                declared=page.total_rows,
                last=token is None,
            )


def child(raw: Mapping[str, Any], row: int) -> Child:
    """A raw row as a record of the run; one with problems keeps them, and its raw form."""
    record = normalise(raw)
    if isinstance(record, list):
        problems = [as_json(problem) for problem in record]
        return Child(key=f"row {row}", row=row, problems=problems, raw=dict(raw))
    score = record["priority"]["score"]
    return Child(
        key=record_key(record),
        row=row,
        priority=NEUTRAL_PRIORITY if score is None else score,
        data={"record": record, "source_hash": record_hash(record, RECORD_COLUMNS)},
        raw=None,
    )


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem as it is kept and shown."""
    return {
        "column": problem.column,
        "reason": problem.reason,
        "value": problem.value_excerpt,
        "detail": problem.detail,
    }
