"""A requests session without a network, and the answers that it gives."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from common.http.exchange import Reply


@dataclass
class Call:
    """One request as it was made."""

    method: str
    url: str
    options: Mapping[str, Any]

    @property
    def headers(self) -> Mapping[str, str]:
        headers: Mapping[str, str] = self.options["headers"]
        return headers

    @property
    def body(self) -> Any:
        """What the JSON sent stands for."""
        return json.loads(self.options["data"])


def response(
    body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """A response as requests builds it; bytes are sent as they are, anything else as JSON."""
    made = requests.Response()
    made.status_code = status
    made.headers = CaseInsensitiveDict(headers or {})
    made.raw = io.BytesIO(_content(body))
    return made


def reply(body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """The same as an exchange hands it on."""
    return Reply(status, CaseInsensitiveDict(headers or {}), _content(body))


class FakeSession(requests.Session):
    """Answers each request with the next of its responses; an exception among them is raised."""

    def __init__(self, *responses: requests.Response | Exception) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._responses = list(responses)

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append(Call(method, url, options))
        answer = self._responses.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _content(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
