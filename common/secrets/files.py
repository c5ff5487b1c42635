"""Secrets on one machine: a file each, which only its owner can read."""

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from common.errors import Misconfigured
from common.secrets.store import Secret, checked_name


class FileSecrets:
    """A SecretStore in a folder: `NAME.json`, mode 0600, in a folder of mode 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Secret | None:
        """See SecretStore.get. A file that others can read is refused: it must be taken as known to them."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                _refuse_open_to_others(path, os.fstat(file.fileno()).st_mode)
                return Secret.from_bytes(file.read(), name)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise Misconfigured(
                f"the secret in {path} cannot be read; make it yours with `chown` and `chmod 600`"
            ) from error

    def put(self, name: str, value: Mapping[str, str]) -> None:
        """See SecretStore.put. The file is replaced in one step: a reader sees the old one or the new one."""
        path = self._path(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        descriptor, scratch = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(Secret(value).to_bytes())
                file.flush()
                os.fsync(file.fileno())
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    def _path(self, name: str) -> Path:
        return self._folder / f"{checked_name(name)}.json"


def _refuse_open_to_others(path: Path, mode: int) -> None:
    # Windows has no such bits; there the folder's own rights protect it.
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise Misconfigured(
            f"the secret in {path} can be read by others; renew it at the vendor, then `chmod 600` the file",
            reason="open_secret",
        )
