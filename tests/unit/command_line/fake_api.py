"""An API that answers from a script, behind the real client and its `requests`; and a clock that moves."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from common.client import Shelfline
from common.command_line.session import Connections
from common.command_line.target import Target
from common.errors import Conflict

START = datetime(2030, 1, 1, 14, 2, 22, tzinfo=UTC)
RUN_ID = "parts_1970_ab"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class FakeApi(BaseAdapter):
    """Answers each request from its script, one answer after the other, the last for ever.

    An answer is a document, or (status, document), or an exception, which is raised as a network would.
    """

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def on(self, method: str, path: str, *answers: Any) -> "FakeApi":
        """Script the answers to a request."""
        self.answers[method, path] = list(answers)
        return self

    def last(self) -> Asked:
        """The newest request."""
        return self.asked[-1]

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """See BaseAdapter."""
        parts = urlsplit(str(request.url))
        asked = Asked(
            method=str(request.method),
            path=unquote(parts.path),
            query={name: values[0] for name, values in parse_qs(parts.query).items()},
            body=_body(request),
            headers=dict(request.headers),
        )
        self.asked.append(asked)
        script = self.answers.get((asked.method, asked.path))
        if not script:
            document = {"code": "no_such_path", "detail": f"no path {asked.path}"}
            return _response(request, (404, document))
        return _response(request, script.pop(0) if len(script) > 1 else script[0])

    def close(self) -> None:
        """See BaseAdapter."""


@dataclass
class FakeClock:
    """A stack's clock. refuses: why it may not be moved, if it may not."""

    time: datetime = START
    refuses: str = ""
    jumps: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        """See MovableClock."""
        return self.time

    def advance(self, to: datetime) -> datetime:
        """See MovableClock."""
        if self.refuses:
            raise Conflict(self.refuses)
        self.jumps.append(to)
        self.time = to
        return to

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeConnections(Connections):
    """The real client over the fake API; time passes at once."""

    fake: FakeApi
    fake_clock: FakeClock = field(default_factory=FakeClock)
    paused: list[float] = field(default_factory=list)
    on_pause: Callable[[], None] = lambda: None
    targets: list[Target] = field(default_factory=list)

    def api(self, target: Target) -> Shelfline:
        """See Connections."""
        self.targets.append(target)
        session = requests.Session()
        session.mount("http://", self.fake)
        session.mount("https://", self.fake)
        return Shelfline(target.url, target.token, session=session)

    def clock(self, target: Target) -> Any:
        """See Connections."""
        return self.fake_clock

    def pause(self, seconds: float) -> None:
        """See Connections."""
        self.paused.append(seconds)
        self.fake_clock.time += timedelta(seconds=seconds)
        self.on_pause()


def a_run(**changes: Any) -> dict[str, Any]:
    """A run that is done, with `changes`; figures are added to what they are otherwise."""
    figures = {"fetched": 10, "done": 7, "skipped": 1, "manual": 2, "failed": 0, "in_progress": 0}
    run = {
        "id": RUN_ID,
        "flow": "parts",
        "mode": "PRODUCTION",
        "state": "completed",
        "view": "completed",
        "created_at": "2030-01-01T14:00:00Z",
        "seconds": 3.5,
        "virtual_seconds": 75.0,
        "figures": figures | changes.pop("figures", {}),
        "adds_up": True,
        "pushed": {"catalog": 7, "bigquery": 7},
        "detail": {
            "reasons": {"no_match": 2},
            "routes": {"AUTOMATION": 8, "MANUAL": 2},
            "manual_tasks": {"workflow_generated": 1, "automation_fallback": 1},
        },
        "waiting_for": {"lanes": []},
        "error": None,
    }
    return run | changes


def quiet(until: datetime, **changes: Any) -> dict[str, Any]:
    """A run that only waits for a quota."""
    lane = {"lane": "parts/digikey", "reason": "quota_minute", "until": until.isoformat()}
    figures = {"in_progress": 3, "done": 4}
    held = {"view": f"waits for quota_minute until {until}", "waiting_for": {"lanes": [lane]}}
    return a_run(state="running", figures=figures, **held, **changes)


def working(**changes: Any) -> dict[str, Any]:
    """A run at work."""
    return a_run(state="running", view="working", figures={"in_progress": 3, "done": 4}, **changes)


def _body(request: requests.PreparedRequest) -> Any:
    body = request.body
    if isinstance(body, bytes) and request.headers.get("Content-Type", "").startswith("application/json"):
        return json.loads(body)
    return body


def _response(request: requests.PreparedRequest, scripted: Any) -> requests.Response:
    if isinstance(scripted, Exception):
        raise scripted
    status, document = scripted if isinstance(scripted, tuple) else (200, scripted)
    response = requests.Response()
    response.status_code, response.request, response.url = status, request, str(request.url)
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    response.raw = io.BytesIO(b"" if status == 204 else content)
    if status >= 400:
        response.headers["Content-Type"] = "application/problem+json"
    return response


def lines_of(texts: Iterable[str]) -> str:
    """Lines without the differences of layout."""
    return " ".join(" ".join(texts).split())
