"""Uploads as a client of the HTTP API makes them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import httpx

from common.objects.store import SignedRequest
from tests.support.designs import DesignsPipeline

Files = Mapping[str, bytes]


def sha256(content: bytes) -> str:
    """As a client tells it."""
    return hashlib.sha256(content).hexdigest()


def announced(files: Files, *, hashed: bool = True) -> list[dict[str, Any]]:
    """What a client says of files before it sends them. hashed: also what they hold."""
    said: list[dict[str, Any]] = [
        {"filename": name, "size": len(content), "media_type": "image/png"} for name, content in files.items()
    ]
    hashes = [sha256(content) for content in files.values()]
    return [each | {"sha256": digest} for each, digest in zip(said, hashes, strict=True)] if hashed else said


def start(client: httpx.Client, files: Files, **more: Any) -> dict[str, Any]:
    """Announce files; the API's answer."""
    answer = client.post("/designs/start-upload", json={"files": announced(files), **more})
    assert answer.status_code == 200, answer.text
    started: dict[str, Any] = answer.json()
    return started


def send(pipeline: DesignsPipeline, told: Mapping[str, Any], content: bytes) -> int:
    """Carry out the request that a file is to be sent with, on the bucket in memory; the status."""
    wanted = told["send"]
    request = SignedRequest(wanted["method"], wanted["url"], wanted["headers"])
    return pipeline.bucket.perform(request, content)[0]


def put(told: Mapping[str, Any], content: bytes) -> httpx.Response:
    """The same over HTTP."""
    wanted = told["send"]
    return httpx.request(wanted["method"], wanted["url"], headers=wanted["headers"], content=content)


def finish(client: httpx.Client, session: str, *, run: bool = True) -> dict[str, Any]:
    """Say that this was all; the API's answer."""
    answer = client.post(f"/designs/finish-upload/{session}", json={"run": run})
    assert answer.status_code == 200, answer.text
    ended: dict[str, Any] = answer.json()
    return ended


def upload(pipeline: DesignsPipeline, client: httpx.Client, files: Files, **more: Any) -> dict[str, Any]:
    """Announce, send what is asked for, finish; what the API said at the end."""
    started = start(client, files, **more)
    for told, content in zip(started["files"], files.values(), strict=True):
        if told["send"]:
            assert send(pipeline, told, content) == 200
    return finish(client, started["session_id"])


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]
