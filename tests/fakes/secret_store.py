"""Secrets in memory."""

from collections.abc import Mapping

from common.secrets.store import Secret, checked_name


class FakeSecretStore:
    """Keeps secrets in a dict."""

    def __init__(self) -> None:
        self._stored: dict[str, Secret] = {}

    def get(self, name: str) -> Secret | None:
        """See SecretStore.get."""
        return self._stored.get(checked_name(name))

    def put(self, name: str, value: Mapping[str, str]) -> None:
        """See SecretStore.put."""
        self._stored[checked_name(name)] = Secret(value)

    def forget(self, name: str) -> None:
        """As if it had never been put."""
        self._stored.pop(checked_name(name), None)
