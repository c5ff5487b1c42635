"""A Postgres server of our own: one data folder, one process, no account made.

    with Postgres(Path("var/postgres")) as postgres:
        postgres.create_database("shelfline")
        engine = create_engine(postgres.url("shelfline"))

It listens on a unix socket (about 1.7 times faster than TCP on round trips) and on the loopback interface. It
runs on Linux and macOS.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
from pg8000.native import Connection, identifier, literal

from infra.local.ports import HOST, free_port
from infra.local.postgres_programs import Programs, programs

OWNER = "postgres"
_START_SECONDS = 60.0  # a long crash recovery is no failure
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.005
_LEAVE_SECONDS = 0.05  # longer than the end of a connection takes; who stays is cut off
_LONGEST_SOCKET_FOLDER = (
    80  # bytes; a socket's path may have 104 on macOS and 108 on Linux, its name takes 20
)
_STATUS_LINE = 7  # of postmaster.pid, counted from 0: "starting", "ready", "stopping" or "standby"
_CONNECTED = "SELECT FROM pg_stat_activity WHERE datname = :database"
_ORPHANS = b"pre-existing shared memory block"  # backends of a killed server are still ending


class StartFailed(RuntimeError):
    """The server did not come up; the message holds the end of its log."""


class AlreadyRunning(RuntimeError):
    """Another live server uses this data folder."""


class Postgres:
    """One server with its data under `data`.

    port: TCP port on loopback, 0 to pick a free one.
    settings: server settings by name, e.g. {"fsync": "off"}; by default every acknowledged commit outlives a
        failure of the machine.
    """

    def __init__(
        self,
        data: Path,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        *,
        installation: Programs | None = None,
    ) -> None:
        self.port = port or free_port()
        self._asked_for = data.resolve()
        self._settings = dict(settings or {})
        self._programs = installation or programs()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Its life

    def start(self) -> Self:
        """Start the server and return once it answers; the first start makes the data folder.

        Raises AlreadyRunning when a live server uses the folder, StartFailed when it ends before it is ready.
        """
        self.prepare()
        deadline = time.monotonic() + _START_SECONDS
        while not self._launch(deadline):
            time.sleep(_POLL_SECONDS * 10)  # the backends of a killed server need a moment to notice it
        return self

    def stop(self) -> None:
        """Disconnect everyone and stop; without effect when it does not run."""
        process = self._process
        if process is None:
            return
        self._process = None
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)  # at once; the next start recovers from the log
            process.wait()
        if self.socket_folder != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def prepare(self) -> None:
        """Make all ready for `command`: the data folder exists, and a killed server's lock file is gone."""
        self._asked_for.parent.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._remove_stale_lock()
        if self.socket_folder != self.data:
            self._make_socket_folder()

    def command(self) -> list[str]:
        """The command line of the server; SIGINT stops it."""
        arguments = ["-D", str(self.data), "-h", HOST, "-p", str(self.port), "-k", str(self.socket_folder)]
        for name, value in self._settings.items():
            arguments += ["-c", f"{name}={value}"]
        return self._programs.command("postgres", *arguments)

    def process_options(self) -> Mapping[str, Any]:
        """What `subprocess.Popen` needs beside `command`."""
        return self._programs.process_options()

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id takes connections."""
        lines = _lines(self.data / "postmaster.pid")
        return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"

    def running_pid(self) -> int | None:
        """Process id of a live server on this data folder, whoever started it."""
        lines = _lines(self.data / "postmaster.pid")
        return int(lines[0]) if lines and _is_postgres(int(lines[0])) else None

    @property
    def pid(self) -> int | None:
        """Process id of the running server that `start` started."""
        return self._process.pid if self._process else None

    # Its databases

    def url(self, database: str = "shelfline") -> str:
        """SQLAlchemy's address of a database, through the unix socket."""
        return f"postgresql+pg8000://{OWNER}@/{quote(database)}?unix_sock={quote(self.socket, safe='')}"

    def tcp_url(self, database: str = "shelfline") -> str:
        """SQLAlchemy's address of a database, through TCP: for tools that know no unix sockets."""
        return f"postgresql+pg8000://{OWNER}@{HOST}:{self.port}/{quote(database)}"

    def create_database(self, name: str, template: str | None = None) -> bool:
        """Make a database, as a copy of `template` when given; False when there is one of that name already.

        A template is copied file by file, which is fast; nobody may be connected to it meanwhile.
        """
        copied = f" TEMPLATE {identifier(template)} STRATEGY file_copy" if template else ""
        with self._connection() as connection:
            if connection.run(f"SELECT FROM pg_database WHERE datname = {literal(name)}"):
                return False
            connection.run(f"CREATE DATABASE {identifier(name)}{copied}")
        return True

    def drop_database(self, name: str) -> None:
        """Remove a database and cut its connections; without effect when there is none of that name."""
        with self._connection() as connection:
            _wait_for_leavers(connection, name)
            connection.run(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    # Where it is

    @property
    def data(self) -> Path:
        """The data folder: the one asked for, unless the server's account cannot reach it (see `_home`)."""
        return _home(self._asked_for, self._programs)

    @property
    def log(self) -> Path:
        """The file that the server's messages go to."""
        return self._asked_for.with_name(f"{self._asked_for.name}.log")

    @property
    def socket_folder(self) -> Path:
        """The data folder, or one in the temporary directory when the socket's path would be too long."""
        if len(os.fsencode(self.data)) <= _LONGEST_SOCKET_FOLDER:
            return self.data
        digest = sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"shelfline-{os.geteuid()}-{digest}"

    @property
    def socket(self) -> str:
        """Path of the unix socket."""
        return str(self.socket_folder / f".s.PGSQL.{self.port}")

    # Inside

    def _connection(self) -> Connection:
        return connection_to(self.socket, "postgres")

    def _make_socket_folder(self) -> None:
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self.socket_folder.stat().st_uid not in (os.geteuid(), self._programs.account):
            raise StartFailed(
                f"{self.socket_folder} belongs to somebody else: remove it, or move the project"
            )
        self._programs.hand_over(self.socket_folder)

    def _initialise(self) -> None:
        """Make the data folder beside its place, then move it there: `initdb` can be killed half-way."""
        scratch = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        self._programs.hand_over(scratch)
        access = ["--username", OWNER, "--auth=trust"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        command = self._programs.command(
            "initdb", "-D", str(scratch), "--no-sync", "--no-instructions", *access, *locale
        )
        made = subprocess.run(
            command, capture_output=True, check=False, cwd="/", text=True, **self.process_options()
        )
        if made.returncode != 0:
            raise StartFailed(f"initdb could not make {self.data}: {made.stderr.strip()}")
        if self.data.exists():
            self.data.rmdir()
        scratch.rename(self.data)

    def _remove_stale_lock(self) -> None:
        """Remove the lock file of a server that is gone.

        Postgres does so itself for a dead process, but not for a zombie or a pid that another program has.
        """
        if pid := self.running_pid():
            raise AlreadyRunning(f"process {pid} serves {self.data}: stop it first (kill -INT {pid})")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self, deadline: float) -> bool:
        """Start the process and wait for it; False when orphans of a killed server are in the way."""
        began = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # a Ctrl-C in the terminal is ours to translate
                **self.process_options(),
            )
        self._process = process
        while not self.is_ready(process.pid):
            if process.poll() is not None:
                self._process = None
                return self._explain_exit(began, deadline)
            if time.monotonic() > deadline:
                self.stop()
                raise StartFailed(f"Postgres was not ready after {_START_SECONDS:.0f} s; see {self.log}")
            time.sleep(_POLL_SECONDS)
        return True

    def _explain_exit(self, began: int, deadline: float) -> bool:
        messages = self.log.read_bytes()[began:]
        if _ORPHANS in messages and time.monotonic() < deadline:
            return False
        raise StartFailed(f"Postgres ended at once: {messages[-2000:].decode(errors='replace').strip()}")


def connection_to(socket: str, database: str) -> Connection:
    """The owner's connection through a unix socket, where there is no TLS to ask for. Raises pg8000's errors."""
    return Connection(OWNER, database=database, unix_sock=socket, ssl_context=False)


def _home(asked_for: Path, installation: Programs) -> Path:
    """Where the data is.

    Only a server that runs as `nobody` may have to live elsewhere: when a folder above the one asked for is
    closed to others. It then gets a folder in the temporary directory, whose name is kept in the one asked
    for, so that deleting that one starts over.
    """
    if installation.account is None or _open_to_others(asked_for.parent):
        return asked_for
    pointer = asked_for / "moved_to"
    if not pointer.exists():
        elsewhere = tempfile.mkdtemp(prefix="shelfline-data-")
        os.chown(elsewhere, installation.account, installation.account)
        asked_for.mkdir(parents=True, exist_ok=True)
        pointer.write_text(elsewhere)
    return Path(pointer.read_text()) / "data"


def _wait_for_leavers(connection: Connection, database: str) -> None:
    """Back once those who have just hung up are gone: Postgres itself would look for them every tenth of a second."""
    end = time.monotonic() + _LEAVE_SECONDS
    while connection.run(_CONNECTED, database=database) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS / 5)


def _open_to_others(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres"))
    except psutil.NoSuchProcess:
        return False


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except FileNotFoundError:
        return []
