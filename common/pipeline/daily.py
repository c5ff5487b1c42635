"""The runs that Cloud Scheduler starts each day."""

import json
from typing import TYPE_CHECKING

from common.errors import Conflict, Usage
from common.pipeline.registry import flow
from common.pipeline.runs import Runs
from common.settings import process_layers, resolve

if TYPE_CHECKING:
    from common.services import Services

_STORED = "select name, value from settings where tenant_id = %s"


def flow_to_start(body: bytes) -> str | None:
    """The flow that a call of the scheduler names; None for a plain sweep. Raises Usage for a body that is neither."""
    if not body.strip():
        return None
    try:
        document = json.loads(body)
    except ValueError:
        raise Usage('The body is empty, or JSON such as {"start": "parts"}.') from None
    wanted = document.get("start") if isinstance(document, dict) else None
    if wanted is not None and not isinstance(wanted, str):
        raise Usage("start is the name of a flow.")
    return wanted


def start_daily_run(services: "Services", flow_name: str, tenant: str = "default") -> str:
    """Start today's run of a flow; its id is made from the UTC day, so that a call made twice starts one run."""
    declared = flow(flow_name)
    run_id = f"{declared.name}_daily_{services.clock.now():%Y%m%d}" + (
        "" if tenant == "default" else f"_{tenant}"
    )
    with services.database.transaction() as connection:
        stored = {row[0]: row[1] for row in connection.exec_driver_sql(_STORED, (tenant,))}
    settings = resolve(process_layers(request={}, tenant=stored), flow=declared.name)
    try:
        runs = Runs(services.database, services.waker)
        return runs.start(
            declared.name, tenant=tenant, settings=settings, options={}, by="scheduler", run_id=run_id
        )
    except Conflict:
        return run_id
