"""Secrets in Google Secret Manager, by its REST API: two calls that need no library of their own.

Source: Secret Manager API v1, projects.secrets and projects.secrets.versions.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common import google_errors
from common.checksum import Crc32c
from common.errors import Misconfigured, Unavailable
from common.once import Once
from common.secrets.store import Secret, checked_name

if TYPE_CHECKING:
    from requests import Response, Session

_URL = "https://secretmanager.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT = 20.0  # seconds
_SERVICE = "Secret Manager"
_ROLE = "roles/secretmanager.secretAccessor (to store: secretVersionAdder) on the secret"


class SecretManagerSecrets:
    """A SecretStore in one Google Cloud project. Each value is a new version; the newest counts.

    endpoint: URL of a service that is called without credentials; "" for the real one.
    """

    def __init__(self, *, project: str, endpoint: str = "") -> None:
        self._secrets = f"{endpoint or _URL}/v1/projects/{project}/secrets"
        self._session = Once(lambda: _session(with_credentials=not endpoint))

    def get(self, name: str) -> Secret | None:
        """See SecretStore.get."""
        answer = self._call("GET", f"{self._secrets}/{checked_name(name)}/versions/latest:access")
        if answer.status_code == 404:
            return None
        payload = self._json(answer, name)["payload"]
        data = base64.b64decode(payload.get("data", ""))
        if "dataCrc32c" in payload and int(payload["dataCrc32c"]) != _crc32c(data):
            raise Unavailable(f"the secret {name} arrived damaged; read it again", reason="damaged_download")
        return Secret.from_bytes(data, name)

    def put(self, name: str, value: Mapping[str, str]) -> None:
        """See SecretStore.put. The secret itself is made if it is missing."""
        data = Secret(value).to_bytes()
        payload = {"data": base64.b64encode(data).decode(), "dataCrc32c": str(_crc32c(data))}
        add = f"{self._secrets}/{checked_name(name)}:addVersion"
        answer = self._call("POST", add, {"payload": payload})
        if answer.status_code == 404:
            self._create(name)
            answer = self._call("POST", add, {"payload": payload})
        self._json(answer, name)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if session := self._session.take():
            session.close()

    def _create(self, name: str) -> None:
        wanted: dict[str, Any] = {"replication": {"automatic": {}}}
        answer = self._call("POST", f"{self._secrets}?secretId={name}", wanted)
        if answer.status_code != 409:  # made by another in the meantime, which is as good
            self._json(answer, name)

    def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Response:
        try:
            return self._session().request(method, url, json=body, timeout=_TIMEOUT)
        except Exception as error:
            ours = google_errors.translate(error, _SERVICE, _ROLE)
            if ours is None:
                raise
            raise ours from error

    def _json(self, answer: Response, name: str) -> dict[str, Any]:
        """The document of a good answer; an error for any other. The body of a request is never repeated."""
        if answer.ok:
            document: dict[str, Any] = answer.json()
            return document
        message = f"{answer.status_code} for the secret {name}"
        raise google_errors.from_status(answer.status_code, message, _SERVICE, _ROLE) or Misconfigured(
            f"Secret Manager does not take the request ({message}); check that its API is enabled, that the "
            "newest version of the secret is, and SHELFLINE_SECRETS",
            reason="bad_secret",
        )


def _session(*, with_credentials: bool) -> Session:
    import google.auth
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession

    if not with_credentials:
        return AuthorizedSession(AnonymousCredentials())  # type: ignore[no-untyped-call]
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]


def _crc32c(data: bytes) -> int:
    checksum = Crc32c()
    checksum.update(data)
    return checksum.number()
