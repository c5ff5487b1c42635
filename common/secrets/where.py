"""Which secret store a setting names."""

from pathlib import Path

from common.errors import Misconfigured
from common.secrets.store import SecretStore


def secret_store(place: str) -> SecretStore:
    """The store behind `file:FOLDER` or `secret-manager:PROJECT`. Raises Misconfigured for any other place."""
    kind, _, where = place.partition(":")
    if kind == "file" and where:
        from common.secrets.files import FileSecrets

        return FileSecrets(Path(where))
    if kind == "secret-manager" and where:
        from common.secrets.secret_manager import SecretManagerSecrets

        return SecretManagerSecrets(project=where)
    raise Misconfigured(f"SHELFLINE_SECRETS is file:FOLDER or secret-manager:PROJECT, not {place!r}.")
