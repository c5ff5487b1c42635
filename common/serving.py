"""What every step function does around its work: check the caller, read the wake-up, map what happened to HTTP.

200 for anything that is in Postgres, planned waits included: Cloud Tasks slows a queue down on 429 and 503. 5xx only when
nothing could be recorded.
"""

import logging
from collections.abc import Mapping
from functools import cache

from common.auth.oidc import CallVerifier
from common.errors import Forbidden, Retry, ShelflineError, Unauthenticated, Usage
from common.services import Services
from common.tasks.wake_up import parse

_log = logging.getLogger(__name__)


@cache
def services() -> Services:
    """The services of this process."""
    from common.logs import configure

    made = Services()
    configure(made.environment.log_level)
    return made


@cache
def _verifier(step: str) -> CallVerifier:
    shared = services()
    return shared.caller_verifier(shared.environment.functions_url.format(step=step))


def serve_step(step: str, authorization: str | None, body: bytes) -> tuple[dict[str, str], int]:
    """One delivery of a wake-up to a step: the answer's JSON and status."""
    try:
        _verifier(step).verify(authorization)
        return {"result": services().engine.handle(parse(body))}, 200
    except ShelflineError as error:
        return _refusal(step, error)


def serve_sweep(authorization: str | None, body: bytes) -> tuple[dict[str, object], int]:
    """One call of Cloud Scheduler: to sweep, or with {"start": flow} to start that flow's run of the day."""
    from common.pipeline.daily import flow_to_start, start_daily_run
    from common.pipeline.sweep import sweep

    try:
        _verifier("sweep").verify(authorization)
        wanted = flow_to_start(body)
        if wanted is not None:
            return {"run_id": start_daily_run(services(), wanted)}, 200
        return {**sweep(services())}, 200
    except ShelflineError as error:
        answer, status = _refusal("sweep", error)
        return {**answer}, status


def _refusal(step: str, error: ShelflineError) -> tuple[dict[str, str], int]:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    log = _log.error if status >= 500 else _log.warning
    log(
        "step_not_served", extra={"step": step, "reason": error.reason, "error": str(error), "status": status}
    )
    return {"code": error.reason, "detail": str(error)}, status


_STATUS: Mapping[type[ShelflineError], int] = {Unauthenticated: 401, Forbidden: 403, Usage: 400, Retry: 503}
