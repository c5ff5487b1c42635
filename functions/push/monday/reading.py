"""Every shape of monday.com's answers, read into one: the data that came, and the problems that came with it.

In use are (1) `errors[]` of objects with `extensions{code, status_code, retry_in_seconds}`, mostly with HTTP 200 and
often beside partial data; (2) the older shape with `error_code`, `error_message` and `status_code` at the top, with or
without HTTP 200, its `errors` being texts if there are any; (3) a bare HTTP status, with or without JSON. Reading never
raises: what cannot be understood is a problem of the kind UNKNOWN.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import WaitUntil
from common.http.exchange import Reply
from functions.push.monday.failures import Kind, Problem, classified, failure, worst
from functions.push.monday.limits import Usage, retry_after, seconds, usage, whole_number

_LONGEST_MESSAGE = 300
_LONGEST_CODE = 80
_RESET = re.compile(r"reset in (\d{1,9}) second", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """An answer, understood."""

    data: Mapping[str, Any] | None
    problems: tuple[Problem, ...]
    """Never empty where `data` is None."""
    usage: Usage
    is_replayed: bool = False
    """Whether monday.com repeated its answer to an earlier request with the same idempotency key."""

    def whole_data(self) -> Mapping[str, Any]:
        """The data of an answer without any problem; for questions, where half an answer is none.

        Raises the error of the worst problem, see `failures.failure`.
        """
        if self.problems or self.data is None:
            raise failure(worst(self.problems), self.usage.at)
        return self.data

    def wait(self) -> WaitUntil | None:
        """The longest wait that a used-up limit imposes; None when none is used up."""
        limits = [problem for problem in self.problems if problem.kind in (Kind.DAY, Kind.THROTTLED)]
        error = failure(worst(limits), self.usage.at) if limits else None
        return error if isinstance(error, WaitUntil) else None

    def did_nothing(self) -> bool:
        """Whether no field but `complexity` came back with anything."""
        return not any(value for name, value in (self.data or {}).items() if name != "complexity")


def read(reply: Reply, at: datetime) -> Reading:
    """What an answer says. at: when it came, in business time."""
    body = _decoded(reply.body)
    data = body.get("data") if body is not None else None
    data = data if isinstance(data, Mapping) else None
    problems = tuple(_problems(body or {}, reply, at))
    if not problems and (data is None or reply.status != 200):
        problems = (_bare(reply, at, "no JSON" if body is None else "neither data nor an error"),)
    replayed = reply.headers.get("Idempotency-Replayed", "").strip().casefold() == "true"
    return Reading(data, problems, usage(reply.headers, data, at), replayed)


def _decoded(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):  # cut short, not UTF-8, or built to exhaust us
        return None
    return body if isinstance(body, dict) else None


def _problems(body: Mapping[str, Any], reply: Reply, at: datetime) -> Iterator[Problem]:
    listed = body.get("errors")
    entries = listed if isinstance(listed, list) else [listed] if listed else []
    objects = [entry for entry in entries if isinstance(entry, Mapping)]
    for entry in objects:
        yield _from_object(entry, body, reply, at)
    if not objects and (entries or body.get("error_code") or body.get("error_message")):
        yield _from_top(body, entries, reply, at)


def _from_object(entry: Mapping[str, Any], body: Mapping[str, Any], reply: Reply, at: datetime) -> Problem:
    extensions = _mapping(entry.get("extensions"))
    code = _text(extensions.get("code")) or _text(body.get("error_code"))
    message = _text(entry.get("message")) or _text(body.get("error_message"))
    path = _path(entry.get("path"))
    if not (code or path) and "data" not in body and entry.get("locations"):
        code = "GRAPHQL_VALIDATION_FAILED"  # the specification: no data at all means it was never carried out
    status = whole_number(extensions.get("status_code")) or reply.status
    kind, reason = classified(code, status, message, is_execution=bool(path))
    said = _retry_in((extensions, _mapping(extensions.get("error_data")), body), message, reply, at)
    return Problem(kind, reason, code[:_LONGEST_CODE], message[:_LONGEST_MESSAGE], path, said)


def _from_top(body: Mapping[str, Any], texts: list[Any], reply: Reply, at: datetime) -> Problem:
    code = _text(body.get("error_code"))
    message = _text(body.get("error_message")) or "; ".join(_text(text) for text in texts)
    status = whole_number(body.get("status_code")) or reply.status
    kind, reason = classified(code, status, message, is_execution=False)
    said = _retry_in((body, _mapping(body.get("error_data"))), message, reply, at)
    return Problem(kind, reason, code[:_LONGEST_CODE], message[:_LONGEST_MESSAGE], (), said)


def _bare(reply: Reply, at: datetime, fault: str) -> Problem:
    """What the status alone says. A success that cannot be read is the least known of all."""
    message = f"HTTP {reply.status}, {fault}"
    if 200 <= reply.status < 300:
        return Problem(Kind.UNKNOWN, "monday_malformed", "", message)
    kind, reason = classified("", reply.status, "", is_execution=False)
    return Problem(kind, reason, "", message, (), _retry_in((), "", reply, at))


def _retry_in(
    places: tuple[Mapping[str, Any], ...], message: str, reply: Reply, at: datetime
) -> float | None:
    """Seconds to wait: from the body, else the header, else the words of the old complexity error."""
    for place in places:
        said = seconds(place.get("retry_in_seconds"))
        if said is not None:
            return said
    header = retry_after(reply.headers, at)
    if header is not None:
        return header
    words = _RESET.search(message)
    return seconds(words[1]) if words else None


def _path(value: object) -> tuple[str, ...]:
    return tuple(str(step) for step in value) if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)[:_LONGEST_MESSAGE]
