"""A client of Shelfline's HTTP API, for programs and for the command line.

    from common.client import Shelfline

    with Shelfline("https://api.example.org", token) as shelfline:
        started = shelfline.run("parts", limit=100)
        print(shelfline.status(started["run_id"])["figures"])

Every method is one request and answers what the API answered, as plain dicts and lists. Each may raise, from
`common.errors`: Unavailable (nothing listens, or no answer in time), Retry (too many requests; `after` in
seconds), Unauthenticated, Forbidden, NotFound, Conflict, Usage (the request is wrong; the message says what
to change) and Misconfigured (a service behind the API is not set up).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

from common.errors import ShelflineError, Unavailable, Usage
from common.problem_json import error_of

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

log = logging.getLogger(__name__)

Document = dict[str, Any]

NOT_RUNNING = "The local stack is not running: `shelfline up` starts it."
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0
_LONG_SECONDS = 600.0
"""For what reads a lot before it answers: a file, a replay of decisions, whole event chains."""


class Shelfline:
    """One deployment of Shelfline, as one caller.

    url: where its API is. token: a bearer token (`shelfline token create`); "" for `health` alone.
    session: a `requests.Session` to use instead of an own one; it stays open after `close`.

    Raises Usage for an address that is none, or that would carry the token unencrypted over a network.
    """

    def __init__(self, url: str, token: str = "", *, session: Session | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Usage(f"{url!r} is no address of an API; it looks like https://api.example.org.")
        self.is_local = parts.hostname in _LOOPBACK
        if parts.scheme == "http" and token and not self.is_local:
            raise Usage(f"{url} would carry the token unencrypted; use https.")
        self.url = url.rstrip("/")
        self._token = token
        self._given = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._given is None and "_session" in vars(self):
            self._session.close()
            del self._session

    # Runs

    def run(
        self,
        flow: str,
        *,
        limit: int | None = None,
        mode: str | None = None,
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        tenant: str | None = None,
    ) -> Document:
        """Start a run: {run_id, flow, state, status_url}. Needs the role operator.

        settings: by name, for this run only. options: the flow's own, such as `part_numbers`. tenant: only
        to be sure: the token's tenant is what counts, another one is refused.
        """
        body = {"flow": flow, "limit": limit, "mode": mode, "settings": settings, "options": options}
        return self._post("/runs", _given(body | {"run_id": run_id, "tenant": tenant}))

    def status(self, run_id: str) -> Document:
        """One run: its state, what holds it, its figures and its report."""
        return self._get(f"/runs/{_part(run_id)}")

    def runs(self, *, flow: str | None = None, limit: int = 20) -> Document:
        """The newest runs: {"runs": [...]}, each as `status` has it."""
        return self._get("/runs", flow=flow, limit=limit)

    def cancel(self, run_id: str) -> Document:
        """Cancel a run: {run_id, cancelled}; False when it had ended before."""
        return self._post(f"/runs/{_part(run_id)}/cancel")

    def retry(self, run_id: str, *, step: str | None = None, reason: str | None = None) -> Document:
        """Try the failed items of a run again: {run_id, retried}.

        step: where to begin; None for where each failed. reason: only those that failed for it.
        """
        return self._post(f"/runs/{_part(run_id)}/retry", _given({"step": step, "reason": reason}))

    def items(
        self,
        run_id: str,
        *,
        state: str | None = None,
        reason: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Document:
        """A page of a run's items: {"items": [...], "next": cursor or None}."""
        return self._get(f"/runs/{_part(run_id)}/items", state=state, reason=reason, limit=limit, after=after)

    # Explanations

    def timeline(self, item: int) -> Document:
        """All that happened to one item: {item, events, decision, manual_tasks, changes, effects}."""
        return self._get(f"/items/{item}/timeline")

    def timeline_of_key(self, key: str, *, flow: str) -> Document:
        """The same over all runs of a natural key, newest first: {"timelines": [...]}.

        For parts a bare part number will do as key.
        """
        return _listed("timelines", self._call("GET", "/timeline", query={"flow": flow, "key": key}))

    def verify(self, run_id: str | None = None) -> Document:
        """Check the event chains of a run, or of the tenant: {streams, blocks, events, faults}."""
        return self._get("/verify", _LONG_SECONDS, run_id=run_id)

    def what_if(
        self,
        flow: str,
        settings: Mapping[str, Any],
        *,
        since_days: int | None = None,
        limit: int | None = None,
    ) -> Document:
        """Decide past items again under other settings, to see: {decisions, changed, by, examples}."""
        body = _given({"flow": flow, "settings": settings, "since_days": since_days, "limit": limit})
        return self._post("/what-if", body, seconds=_LONG_SECONDS)

    # Records that could not be read

    def quarantine(
        self,
        *,
        flow: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 50,
    ) -> Document:
        """Records that could not be read, the newest first: {"rows": [...]}.

        state: open (without saying so), replayed or all. limit: 1 to 500.
        """
        return self._get("/quarantine", flow=flow, run_id=run_id, state=state, limit=limit)

    def mend(self, row: int, raw: Mapping[str, Any]) -> Document:
        """Put a corrected record in the place of a row's `raw`; `replay` then takes it up."""
        return _object(self._call("PATCH", f"/quarantine/{row}", {"raw": raw}))

    def replay(self, flow: str, *, ids: Sequence[int] | None = None, run_id: str | None = None) -> Document:
        """Start a run over the rows that can be read now: {run_id, replayed, still_bad}."""
        return self._post("/quarantine/replay", _given({"flow": flow, "ids": ids, "run_id": run_id}))

    def load(self, flow: str, file: Path, *, mapping: Path | None = None) -> Document:
        """Load a CSV or JSON file into a flow's source: {read, loaded, rejected, problems, notices, ...}.

        mapping: a JSON file that says which foreign column is which. Raises Usage when a file cannot be read.
        """
        opened = {"file": _open(file)}
        try:
            if mapping:
                opened["mapping"] = _open(mapping)
            files = {name: (Path(handle.name).name, handle) for name, handle in opened.items()}
            return _object(self._call("POST", f"/load/{_part(flow)}", files=files, seconds=_LONG_SECONDS))
        finally:
            for handle in opened.values():
                handle.close()

    # Manual tasks

    def tasks(self, *, all: bool = False, limit: int | None = None, **filters: str | None) -> Document:
        """Manual tasks, best priority first: {"tasks": [...], "total": n}.

        filters: flow, state, priority, task_type, run_id, editor, part_number. all: low priority too.
        """
        return self._get("/manual/tasks", all=all or None, limit=limit, **filters)

    def task(self, task_id: str) -> Document:
        """One manual task with its source record and evidence."""
        return self._get(f"/manual/tasks/{_part(task_id)}")

    def claim(
        self, editor: str, *, count: int = 1, flow: str | None = None, priority: str | None = None
    ) -> Document:
        """Claim the next open tasks under a lease with a fence: {"tasks": [...]}, empty when none is open."""
        body = {"editor": editor, "count": count, "flow": flow, "priority": priority}
        return self._post("/manual/tasks/claim", _given(body))

    def claim_task(self, task_id: str, editor: str) -> Document:
        """Claim one task. Conflict when somebody else has it."""
        return self._post(f"/manual/tasks/{_part(task_id)}/claim", {"editor": editor})

    def hand_back(self, task_id: str, *, fence: int, note: str | None = None) -> Document:
        """Give a claimed task back to the queue. Conflict when the claim is not yours any more."""
        return self._post(f"/manual/tasks/{_part(task_id)}/hand-back", _given({"fence": fence, "note": note}))

    def complete(self, task_id: str, *, fence: int, editor: str, answer: Mapping[str, Any]) -> Document:
        """Answer a claimed task; its item goes on. Conflict when the claim is not yours any more.

        answer: note, source_url, attributes [{name, value, unit}], extras [{name, value}], documents [{url,
        type}], sellers [{name, type}]; at least one of the lists is not empty.
        """
        body = {"fence": fence, "editor": editor, **answer}
        return self._post(f"/manual/tasks/{_part(task_id)}/complete", body)

    def validate(self, task_id: str, *, validator: str, notes: str) -> Document:
        """Confirm somebody else's answer. Forbidden for whoever gave it."""
        body = {"validator": validator, "validation_notes": notes}
        return self._post(f"/manual/tasks/{_part(task_id)}/validate", body)

    # Changes to the targets

    def changes(
        self,
        *,
        flow: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 50,
    ) -> Document:
        """Staged changes with their differences: {"changes": [...]}."""
        return self._get("/changes", flow=flow, run_id=run_id, state=state, limit=limit)

    def approve(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Document:
        """Let changes be pushed: {approved}. Needs the role approver; Forbidden for one's own."""
        return self._post("/changes/approve", _given({"ids": ids, "run_id": run_id, "note": note}))

    def reject(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Document:
        """Refuse changes: {rejected}. Needs the role approver."""
        return self._post("/changes/reject", _given({"ids": ids, "run_id": run_id, "note": note}))

    # Setting up

    def config(self, *, flow: str | None = None) -> Document:
        """Every setting of the tenant, and names that no setting has: {"settings", "ignored"}.

        settings: name to {value, origin, default, range, unit, help}.
        """
        return self._get("/config", flow=flow)

    def set_config(self, settings: Mapping[str, Any]) -> Document:
        """Change settings of the tenant; answers as `config`. Needs the role admin."""
        return _object(self._call("PUT", "/config", {"settings": settings}))

    def unset_config(self, name: str) -> Document:
        """Go back to what a setting is without the tenant's own value."""
        return _object(self._call("DELETE", f"/config/{_part(name)}"))

    def create_token(self, name: str, role: str) -> Document:
        """A new token, shown this once: {token, name, role}. Needs the role admin."""
        return self._post("/tokens", {"name": name, "role": role})

    def tokens(self) -> Document:
        """The tokens there are, without their values: {"tokens": [...]}."""
        return _listed("tokens", self._call("GET", "/tokens"))

    def revoke_token(self, token_id: str) -> Document:
        """End a token."""
        return _object(self._call("DELETE", f"/tokens/{_part(token_id)}"))

    def quotas(self) -> Document:
        """The vendors' budgets: {"quotas": [...]}.

        Each is {account, dimension, kind, capacity, used, remaining, blocked_until}.
        """
        return _listed("quotas", self._call("GET", "/quotas"))

    def doctor(self, *, vendors: bool = False) -> Document:
        """Check everything the deployment needs: {ok, checks: [{name, ok, detail, fix}]}.

        vendors: also fetch a token of each vendor and make one cheap call.
        """
        return self._get("/doctor", _LONG_SECONDS, vendors="true" if vendors else None)

    def health(self) -> Document:
        """Whether it serves; needs no token."""
        return self._get("/health")

    # The wire

    @cached_property
    def _session(self) -> Session:
        import requests

        if self._given is not None:
            return self._given
        session = requests.Session()
        session.trust_env = not self.is_local  # a proxy for the internet must not see calls on this machine
        return session

    def _get(self, path: str, seconds: float = _ANSWER_SECONDS, /, **query: object) -> Document:
        return _object(self._call("GET", path, query=_given(query), seconds=seconds))

    def _post(self, path: str, body: object = None, *, seconds: float = _ANSWER_SECONDS) -> Document:
        return _object(self._call("POST", path, body if body is not None else {}, seconds=seconds))

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        seconds: float = _ANSWER_SECONDS,
    ) -> Any:
        import requests

        began = time.monotonic()
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=query,
                json=body,
                files=files,
                auth=self._authorize,
                timeout=(_CONNECT_SECONDS, seconds),
            )
        except requests.ConnectionError as error:
            raise Unavailable(self._unreachable(), reason="unreachable") from error
        except requests.Timeout as error:
            raise Unavailable(f"{self.url} did not answer within {seconds:.0f} s; ask again.") from error
        except requests.RequestException as error:
            raise Unavailable(f"{self.url} could not be asked: {type(error).__name__}.") from error
        log.debug("%s %s %s %.0f ms", method, path, answer.status_code, (time.monotonic() - began) * 1000)
        return self._read(answer)

    def _read(self, answer: Response) -> Any:
        document = _json(answer)
        if answer.status_code >= 400:
            raise error_of(answer.status_code, document, answer.headers.get("Retry-After"))
        if answer.status_code == 204 or not answer.content:
            return {}
        if document is None:
            raise ShelflineError(f"What answers at {self.url} is not Shelfline's API; check --url.")
        return document

    def _authorize(self, request: PreparedRequest) -> PreparedRequest:
        # As `auth`, so that a .netrc of the user's cannot take the header's place.
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _unreachable(self) -> str:
        if self.is_local:
            return NOT_RUNNING
        return f"{self.url} cannot be reached; check the address (--url, SHELFLINE_URL) and the network."


def _open(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.", reason="unreadable_file") from error


def _json(answer: Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was said; the API has its own defaults for the rest."""
    return {name: value for name, value in values.items() if value is not None}


def _listed(name: str, answer: Any) -> Document:
    """A bare list under its name: what a method answers is always an object."""
    return (
        {name: answer}
        if isinstance(answer, Iterable) and not isinstance(answer, Mapping)
        else _object(answer)
    )


def _object(answer: Any) -> Document:
    if not isinstance(answer, dict):
        raise ShelflineError(
            f"The API answered {type(answer).__name__} where an object belongs; its version differs."
        )
    return answer


def _part(value: object) -> str:
    """One part of a path, whatever it is made of. Dots alone would be a path of their own."""
    text = quote(str(value), safe="")
    return text if text.strip(".") else text.replace(".", "%2E")
