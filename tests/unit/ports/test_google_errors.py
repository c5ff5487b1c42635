"""What Google's clients raise becomes what to do next: a refused call is not a service that is away."""
# mypy: disable-error-code="no-untyped-call"

from http import HTTPStatus

import pytest
import requests
import urllib3
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from common import google_errors
from common.errors import Conflict, Misconfigured, NotFound, Refuse, ShelflineError, Unavailable
from common.warehouse import errors

LOADED_BY = {"parts": "parts"}


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("refused"),
        requests.Timeout(),
        requests.exceptions.ChunkedEncodingError(),
        urllib3.exceptions.ReadTimeoutError(None, "", "slow"),  # type: ignore[arg-type]
        ConnectionResetError(),
        TimeoutError(),
        TransportError("no metadata server"),
        RefreshError("for now", retryable=True),
        exceptions.ServiceUnavailable("away"),
        exceptions.InternalServerError("broken"),
        exceptions.TooManyRequests("slower"),
        exceptions.GatewayTimeout("slow"),
        exceptions.RetryError("tried long enough", cause=requests.ConnectionError("refused")),
        exceptions.RetryError("tried long enough", cause=None),
    ],
)
def test_a_service_that_is_away(error: Exception) -> None:
    ours = google_errors.translate(error, "Cloud Storage", "roles/x")
    assert type(ours) is Unavailable
    assert ours.reason == "cloud_storage_unavailable"


@pytest.mark.parametrize("error", [DefaultCredentialsError("none"), RefreshError("revoked")])
def test_missing_or_dead_credentials(error: Exception) -> None:
    with pytest.raises(Misconfigured, match="gcloud auth application-default login"):
        raise google_errors.translate(error, "BigQuery", "roles/x") or error


@pytest.mark.parametrize("error", [exceptions.Forbidden("no"), exceptions.Unauthorized("who?")])
def test_a_refused_account(error: Exception) -> None:
    with pytest.raises(Misconfigured, match="roles/x"):
        raise google_errors.translate(error, "BigQuery", "roles/x") or error


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError("ours"), exceptions.BadRequest("which?")])
def test_anything_else_is_left_to_whoever_knows_more(error: Exception) -> None:
    assert google_errors.translate(error, "BigQuery", "roles/x") is None


@pytest.mark.parametrize(
    ("reason", "message", "type_", "ours"),
    [
        ("backendError", "try again", Unavailable, "bigquery_unavailable"),
        ("rateLimitExceeded", "slower", Unavailable, "bigquery_unavailable"),
        ("quotaExceeded", "enough for today", Unavailable, "bigquery_unavailable"),
        ("accessDenied", "Access Denied: Table a:b.c", Misconfigured, "no_permission"),
        ("notFound", "Not found: Table a:b.parts was not found in location EU", Misconfigured, "no_table"),
        ("notFound", "Not found: Dataset a:b was not found in location EU", Misconfigured, "no_dataset"),
        ("notFound", "Not found: Job a:EU.j", NotFound, "no_job"),
        ("duplicate", "Already Exists: Job a:EU.j", Conflict, "duplicate"),
        ("invalidQuery", "Syntax error", Misconfigured, "invalid_query"),
        ("resourcesExceeded", "too large", Misconfigured, "invalid_query"),
        ("invalid", "Error while reading data, error message: JSON table", Refuse, "bad_rows"),
    ],
)
def test_bigquery_says_why_by_its_reason(
    reason: str, message: str, type_: type[ShelflineError], ours: str
) -> None:
    """The same for an HTTP answer, whatever its status, and for a job that failed."""
    answered = exceptions.from_http_status(HTTPStatus.FORBIDDEN, message, errors=[{"reason": reason}])
    for error in (
        errors.translate(answered, LOADED_BY),
        errors.translate(exceptions.RetryError("tried long enough", cause=answered), LOADED_BY),
        errors.from_job({"reason": reason, "message": message}, LOADED_BY),
    ):
        assert type(error) is type_
        assert error.reason == ours


def test_a_missing_table_names_itself_and_the_command_that_loads_it() -> None:
    error = errors.from_reason(
        "notFound", "Not found: Table a:b.parts was not found in location EU", LOADED_BY
    )
    assert "no BigQuery table a.b.parts;" in str(error)
    assert "load parts into it with `shelfline load parts FILE`, or set SHELFLINE_DATASET" in str(error)


def test_an_answer_without_a_reason_is_read_by_its_status() -> None:
    error = errors.translate(exceptions.NotFound("Not found: Table a:b.c"), LOADED_BY)
    assert isinstance(error, Misconfigured)


def test_a_job_that_failed_for_an_unknown_reason_is_not_a_success() -> None:
    assert isinstance(errors.from_job({"reason": "newReason", "message": "?"}, LOADED_BY), Unavailable)
