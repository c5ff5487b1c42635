"""BigQuery's errors as ours: by their reason, which is the same in an HTTP answer and in a job that failed.

Source of the reasons: BigQuery documentation, "Error messages".
"""

import re
from collections.abc import Mapping
from typing import Any

from common import google_errors
from common.errors import Conflict, Misconfigured, NotFound, Refuse, ShelflineError

SERVICE = "BigQuery"
ROLE = "roles/bigquery.jobUser, and roles/bigquery.dataEditor on the dataset"
_NOW_NOT = frozenset(
    {
        "backendError",
        "badGateway",
        "internalError",
        "jobBackendError",
        "jobInternalError",
        "jobRateLimitExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "serviceUnavailable",
        "stopped",
        "tableUnavailable",
    }
)
_NOT_ALLOWED = frozenset({"accessDenied", "authError", "billingNotEnabled", "blocked", "forbidden"})
_NOT_FOUND = re.compile(r"Not found: (Table|Dataset|Job|Project|Model|Routine) (\S+?)(?:[\s,;]|$)")
_BAD_ROWS = ("Error while reading data", "JSON parsing error", "Provided Schema does not match")


def translate(error: Exception, loaded_by: Mapping[str, str]) -> ShelflineError | None:
    """Our error for one that the client raised, None if it is none of its own.

    loaded_by: table name -> flow whose `shelfline load` fills it, for the next step.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError

    if isinstance(error, RetryError) and isinstance(error.cause, GoogleAPICallError):
        error = error.cause
    if isinstance(error, GoogleAPICallError):
        ours = from_reason(_reason(error), error.message, loaded_by)
        if ours is not None:
            return ours
    return google_errors.translate(error, SERVICE, ROLE)


def from_reason(reason: str, message: str, loaded_by: Mapping[str, str]) -> ShelflineError | None:
    """Our error for one of BigQuery's reasons, None if it is not known."""
    if reason in _NOW_NOT:
        return google_errors.unavailable(f"{reason}: {message}", SERVICE)
    if reason in _NOT_ALLOWED:
        return google_errors.from_status(403, message, SERVICE, ROLE)
    if reason == "notFound":
        return _not_found(message, loaded_by)
    if reason == "duplicate":
        return Conflict(f"BigQuery: {message}", reason="duplicate")
    if message.startswith("Invalid snapshot time"):
        return Misconfigured(
            f"BigQuery cannot read the table as it was then ({message}); start a new run, which reads it as it is",
            reason="no_snapshot",
        )
    if message.startswith(_BAD_ROWS):
        return Refuse(f"BigQuery could not take the rows: {message}", reason="bad_rows")
    if reason in ("invalid", "invalidQuery", "resourcesExceeded", "responseTooLarge", "notImplemented"):
        return Misconfigured(
            f"BigQuery does not take the request ({message}); check the SQL and that the table's columns are "
            "the ones that the column mapping names",
            reason="invalid_query",
        )
    return None


def from_job(result: Mapping[str, Any], loaded_by: Mapping[str, str]) -> ShelflineError:
    """Our error for the `errorResult` of a job that failed."""
    reason, message = str(result.get("reason", "")), str(result.get("message", ""))
    known = from_reason(reason, message, loaded_by)
    return known or google_errors.unavailable(f"{reason or 'unknown error'}: {message}", SERVICE)


def _reason(error: Any) -> str:
    """The reason that an HTTP answer gives, or the one that its status stands for."""
    for detail in error.errors or ():
        if isinstance(detail, Mapping) and detail.get("reason"):
            return str(detail["reason"])
    return {404: "notFound", 409: "duplicate", 400: "invalid"}.get(int(error.code or 0), "")


def _not_found(message: str, loaded_by: Mapping[str, str]) -> ShelflineError:
    found = _NOT_FOUND.search(message)
    kind, name = (found[1], found[2].replace(":", ".")) if found else ("resource", message)
    if kind == "Job":
        return NotFound(f"there is no BigQuery job {name}; start it anew", reason="no_job")
    if kind == "Table":
        table = name.rpartition(".")[2]
        flow = loaded_by.get(table, "FLOW")
        return Misconfigured(
            f"there is no BigQuery table {name}; load {table} into it with `shelfline load {flow} FILE`, "
            "or set SHELFLINE_DATASET to the dataset that has it",
            reason="no_table",
        )
    return Misconfigured(
        f"there is no BigQuery {kind.lower()} {name}; create it with the Terraform in infra/gcp, or set "
        "SHELFLINE_DATASET (and SHELFLINE_PROJECT) to the one to use",
        reason=f"no_{kind.lower()}",
    )
