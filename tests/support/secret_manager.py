"""Secret Manager's REST API v1, as much as the store uses of it, on a socket: secrets and their versions."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from common.checksum import Crc32c

_PATH = re.compile(
    r"/v1/projects/[^/]+/secrets(?:/(?P<name>[\w-]+)(?P<verb>/versions/latest:access|:addVersion))?"
)


class SecretManager:
    """The state behind the API. refuse_with: a status that every call gets instead of an answer."""

    def __init__(self) -> None:
        self.versions: dict[str, list[dict[str, str]]] = {}
        self.refuse_with: int | None = None

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and document for a request."""
        url = urlsplit(target)
        match = _PATH.fullmatch(url.path)
        if self.refuse_with or match is None:
            return self.refuse_with or 404, {"error": {"message": "refused"}}
        if match["name"] is None:
            return self._create(parse_qs(url.query)["secretId"][0], body)
        if match["name"] not in self.versions:
            return 404, {"error": {"message": f"Secret [{match['name']}] not found."}}
        if match["verb"] == ":addVersion" and method == "POST":
            return self._add(match["name"], body["payload"])
        return self._access(match["name"])

    def _create(self, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body != {"replication": {"automatic": {}}}:
            return 400, {"error": {"message": "a secret needs a replication policy"}}
        if name in self.versions:
            return 409, {"error": {"message": f"Secret [{name}] already exists."}}
        self.versions[name] = []
        return 200, {"name": name}

    def _add(self, name: str, payload: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if payload["dataCrc32c"] != str(_crc32c(base64.b64decode(payload["data"]))):
            return 400, {"error": {"message": "the checksum does not match"}}
        self.versions[name].append(payload)
        return 200, {"name": f"{name}/versions/{len(self.versions[name])}"}

    def _access(self, name: str) -> tuple[int, dict[str, Any]]:
        if not self.versions[name]:
            return 404, {"error": {"message": f"Secret Version [{name}/versions/latest] not found."}}
        return 200, {
            "name": f"{name}/versions/{len(self.versions[name])}",
            "payload": self.versions[name][-1],
        }


@contextmanager
def serving(manager: SecretManager) -> Iterator[str]:
    """Serve it; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = manager.answer(self.command, self.path, json.loads(body or b"{}"))
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _serve

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _crc32c(data: bytes) -> int:
    checksum = Crc32c()
    checksum.update(data)
    return checksum.number()
