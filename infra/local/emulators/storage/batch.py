"""Batches: many calls in one `multipart/mixed` request, answered in one response.

Source: https://cloud.google.com/storage/docs/batch. Bodies are JSON text, so that, unlike in an upload,
line ends may be
changed: the client library sends bare line feeds.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import errors
from .multipart import boundary_of

_MOST_CALLS = 1000  # what the client library sends at most; the documented limit is 100
_REQUEST_LINE_PARTS = 3


@dataclass(frozen=True)
class BatchPart:
    """One call of a batch. id: what the caller named it; path: still percent-encoded."""

    id: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


def split_batch(content_type: str, body: bytes) -> list[BatchPart]:
    """The calls in a batch; raises 400 for one that is not well formed, is empty, or has too many."""
    delimiter = "--" + boundary_of(content_type)
    text = "\n" + body.decode("utf-8", "replace").replace("\r\n", "\n")
    sections = text.split("\n" + delimiter)[1:]
    parts = [_part(section) for section in sections if not section.startswith("--")]
    if not parts or len(parts) > _MOST_CALLS:
        raise errors.invalid(f"A batch must have from 1 to {_MOST_CALLS} calls, this one has {len(parts)}.")
    return parts


def _part(section: str) -> BatchPart:
    head, _, request = section.lstrip("\n").partition("\n\n")
    request_head, _, body = request.partition("\n\n")
    lines = request_head.split("\n")
    words = lines[0].split(" ")
    if len(words) != _REQUEST_LINE_PARTS:
        raise errors.invalid(f"Failed to parse batch request: '{lines[0][:80]}' is no request line.")
    url = urlsplit(words[1])
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    content_id = _headers(head.split("\n")).get("content-id", "").strip("<>")
    return BatchPart(content_id, words[0], url.path, query, _headers(lines[1:]), body.encode())


def _headers(lines: Sequence[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def join_answers(answers: Sequence[tuple[BatchPart, int, dict[str, Any] | None]]) -> tuple[str, bytes]:
    """The content type and the body that answer a batch, one part for each call in its order."""
    boundary = f"batch_{uuid.uuid4().hex}"
    parts = (f"--{boundary}\r\n{_answer(part, status, document)}\r\n" for part, status, document in answers)
    body = "".join(parts) + f"--{boundary}--\r\n"
    return f"multipart/mixed; boundary={boundary}", body.encode()


def _answer(part: BatchPart, status: int, document: dict[str, Any] | None) -> str:
    body = (
        "" if document is None else json.dumps(document)
    )  # ASCII: its length in characters is that in bytes
    lines = [
        "Content-Type: application/http",
        f"Content-ID: <response-{part.id}>",
        "",
        f"HTTP/1.1 {status} {_phrase(status)}",
        *(["Content-Type: application/json; charset=UTF-8"] if body else []),
        f"Content-Length: {len(body)}",
        "",
        body,
    ]
    return "\r\n".join(lines)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
