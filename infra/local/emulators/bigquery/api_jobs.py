"""The jobs.* methods, with the upload of data for load jobs."""

import hashlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.emulators.bigquery.errors import BigQueryError, duplicate, invalid, not_found
from infra.local.emulators.bigquery.jobs import Job
from infra.local.emulators.bigquery.names import TableName
from infra.local.emulators.bigquery.operations import Answer, Call, Operation, Waiting, page
from infra.local.emulators.bigquery.queries import QueryWork
from infra.local.emulators.bigquery.rows import PageRequest, read_page
from infra.local.emulators.bigquery.uploads import split_multipart

_DEFAULT_TIMEOUT = 10_000  # milliseconds
_LONGEST_TIMEOUT = 200_000
_QUERY_MEMBERS = (
    "query",
    "queryParameters",
    "parameterMode",
    "defaultDataset",
    "useLegacySql",
    "maximumBytesBilled",
)


def _insert(call: Call) -> Answer | Waiting:
    return submit(call, call.body, None)


def submit(call: Call, body: dict[str, Any], upload: Path | None) -> Answer | Waiting:
    """Start the job of a request, or try it out when it is a dry run."""
    job = _new_job(call, body)
    job.upload = str(upload) if upload is not None else None
    if job.configuration.get("dryRun"):
        return Answer(_dry(call, job))
    _check(call, job)
    call.emulator.runner.submit(job)
    return Waiting(
        job,
        call.emulator.answer_wait,
        lambda: Answer(call.emulator.runner.get(job.project, job.job_id).resource()),
    )


def _new_job(call: Call, body: dict[str, Any]) -> Job:
    reference = body.get("jobReference") or {}
    job_id = reference.get("jobId") or f"job_{uuid.uuid4().hex}"
    created = call.emulator.catalog.milliseconds()
    location = reference.get("location") or "US"
    job = Job(call.project, job_id, created, body.get("configuration") or {}, location, planted=call.planted)
    job.kind  # noqa: B018  # refuses a body without a job
    return job


def _check(call: Call, job: Job) -> None:
    """A bad configuration is refused at once, without a job; a bad statement makes a job that has failed."""
    try:
        call.emulator.work(job).close()
    except BigQueryError as problem:
        if problem.reason != "invalidQuery":
            raise


def _dry(call: Call, job: Job) -> dict[str, Any]:
    if job.kind != "query":
        raise invalid("Only query jobs can be dry runs")
    job.statistics = QueryWork(call.emulator.services, job).dry_run()
    job.state = "DONE"
    return job.resource()


def _get(call: Call) -> Answer:
    return Answer(call.emulator.runner.get(call.project, call.path["job"]).resource())


def _list(call: Call) -> Answer:
    with call.emulator.database.cursor() as cursor:
        jobs = call.emulator.store.newest(cursor, call.project)
    jobs = [call.emulator.runner.get(job.project, job.job_id) if job.state != "DONE" else job for job in jobs]
    states = {state.upper() for state in call.query.get("stateFilter", "").split(",") if state}
    first, last = int(call.query.get("minCreationTime") or 0), int(call.query.get("maxCreationTime") or 2**62)
    jobs = [job for job in jobs if (not states or job.state in states) and first <= job.created <= last]
    items = [_listed(job) for job in jobs]
    return Answer(page(items, {"maxResults": "50", **call.query}, "bigquery#jobList", "jobs"))


def _listed(job: Job) -> dict[str, Any]:
    body = {**job.resource(), "state": job.state}
    return {**body, "errorResult": job.error} if job.error else body


def _cancel(call: Call) -> Answer:
    job = call.emulator.runner.cancel(call.project, call.path["job"])
    return Answer({"kind": "bigquery#jobCancelResponse", "job": job.resource()})


def _delete(call: Call) -> Answer:
    job = call.emulator.runner.get(call.project, call.path["job"])
    if job.state != "DONE":
        raise invalid(f"Job {job} is not done; cancel it first")
    call.emulator.runner.delete(job)
    return Answer({})


def _results(call: Call) -> Answer | Waiting:
    job = call.emulator.runner.get(call.project, call.path["job"])
    if job.kind != "query":
        raise invalid(f"Job {job} is not a query")
    seconds = _timeout(call.query.get("timeoutMs"))
    return Waiting(job, seconds, _results_of(call, job, call.query, "bigquery#getQueryResultsResponse"))


def _timeout(text: Any) -> float:
    milliseconds = int(text) if text not in (None, "") else _DEFAULT_TIMEOUT
    return min(milliseconds, _LONGEST_TIMEOUT) / 1000


def _results_of(call: Call, waited: Job, query: dict[str, str], kind: str) -> Callable[[], Answer]:
    def answer() -> Answer:
        job = call.emulator.runner.get(waited.project, waited.job_id)
        head: dict[str, Any] = {
            "kind": kind,
            "jobReference": job.reference(),
            "jobComplete": job.state == "DONE",
        }
        if job.state != "DONE":
            return Answer(head)
        if (problem := job.problem()) is not None:
            raise problem
        statistics = job.statistics["query"]
        head |= {"totalBytesProcessed": job.statistics.get("totalBytesProcessed", "0"), "cacheHit": False}
        head |= {
            key: statistics[key] for key in ("numDmlAffectedRows", "dmlStats", "schema") if key in statistics
        }
        if statistics["statementType"] != "SELECT":
            return Answer(head)
        return _page(call, job, query, head)

    return answer


def _page(call: Call, job: Job, query: dict[str, str], head: dict[str, Any]) -> Answer:
    name = TableName.of(job.configuration["query"]["destinationTable"], job.project)
    with call.emulator.database.transaction(writer=False) as cursor:
        table = call.emulator.catalog.table(cursor, name)
        return Answer(raw=read_page(cursor, table, PageRequest.of(query), head))


def _query(call: Call) -> Answer | Waiting:
    """jobs.query: a job and the first page of its result in one call."""
    body = call.body
    configuration: dict[str, Any] = {"query": {key: body[key] for key in _QUERY_MEMBERS if key in body}}
    configuration |= {key: body[key] for key in ("labels", "dryRun") if body.get(key)}
    job = _new_job(call, {"configuration": configuration})
    job.location = body.get("location") or "US"
    if body.get("dryRun"):
        statistics = _dry(call, job)["statistics"]
        done = {"jobComplete": True, "totalBytesProcessed": statistics["totalBytesProcessed"]}
        schema = {key: statistics["query"][key] for key in ("schema",) if key in statistics["query"]}
        return Answer({"kind": "bigquery#queryResponse", "jobReference": job.reference(), **done, **schema})
    _submit_once(call, job, body.get("requestId"))
    query = {key: str(body[key]) for key in ("maxResults",) if key in body}
    query |= {f"formatOptions.{key}": str(value) for key, value in (body.get("formatOptions") or {}).items()}
    return Waiting(
        job, _timeout(body.get("timeoutMs")), _results_of(call, job, query, "bigquery#queryResponse")
    )


def _submit_once(call: Call, job: Job, request_id: str | None) -> None:
    """A request that is repeated with its id finds the job of the first."""
    if request_id:
        job.job_id = f"job_{hashlib.sha256(request_id.encode()).hexdigest()[:32]}"
    _check(call, job)
    try:
        call.emulator.runner.submit(job)
    except BigQueryError as problem:
        if problem.reason != "duplicate" or not request_id:
            raise


def _upload(call: Call) -> Answer | Waiting:
    """Both ways to send data with a load job."""
    uploads = call.emulator.uploads
    if call.query.get("uploadType") == "multipart":
        body, data = split_multipart(call.headers.get("content-type", ""), call.data)
        return submit(call, body, uploads.keep(data))
    if call.query.get("uploadType") != "resumable":
        raise invalid(f"Unknown uploadType: {call.query.get('uploadType')}")
    try:
        body = json.loads(call.data or b"{}")
    except ValueError as problem:
        raise invalid(f"The job is no JSON: {problem}") from problem
    _refuse_known(call, body)
    session = uploads.begin(body)
    address = f"http://{call.headers['host']}/upload/bigquery/v2/projects/{call.project}/jobs"
    location = f"{address}?uploadType=resumable&upload_id={session}"
    return Answer(raw=b"", headers={"Location": location, "X-GUploader-UploadID": session})


def _refuse_known(call: Call, body: dict[str, Any]) -> None:
    """A job id that was used before is refused before its data is sent."""
    job = _new_job(call, body)
    if call.emulator.runner.known(job.project, job.job_id):
        raise duplicate(f"Job {job}")


def _upload_part(call: Call) -> Answer | Waiting:
    session = call.query.get("upload_id", "")
    if not session:
        raise not_found("Upload session")
    progress = call.emulator.uploads.receive(session, call.headers.get("content-range"), call.data)
    if not progress.complete:
        headers = {"Range": f"bytes=0-{progress.received - 1}"} if progress.received else {}
        return Answer(raw=b"", status=308, headers=headers)
    answer = submit(call, progress.body, progress.path)
    call.emulator.uploads.finish(session)
    return answer


_PROJECT = "/projects/{project}"
OPERATIONS = [
    Operation("POST", _PROJECT + "/jobs", "jobs.insert", "insertJob", _insert),
    Operation("GET", _PROJECT + "/jobs", "jobs.list", "listJobs", _list),
    Operation("GET", _PROJECT + "/jobs/{job}", "jobs.get", "getJob", _get),
    Operation("POST", _PROJECT + "/jobs/{job}/cancel", "jobs.cancel", "cancelJob", _cancel),
    Operation("DELETE", _PROJECT + "/jobs/{job}/delete", "jobs.delete", "deleteJob", _delete),
    Operation("POST", _PROJECT + "/queries", "jobs.query", "query", _query),
    Operation("GET", _PROJECT + "/queries/{job}", "jobs.getQueryResults", "getQueryResults", _results),
]
UPLOADS = [
    Operation("POST", _PROJECT + "/jobs", "jobs.upload", "insertJob", _upload),
    Operation("PUT", _PROJECT + "/jobs", "jobs.uploadPart", "uploadPart", _upload_part),
]
