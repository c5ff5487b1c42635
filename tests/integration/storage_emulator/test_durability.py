"""What survives: SIGKILL, restarts, and time."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import requests
from google.api_core.exceptions import GoogleAPIError
from google.cloud import storage

from infra.local.clock import SharedClock

from .emulator import REPOSITORY, Emulator, running

Connect = Callable[[Emulator], storage.Client]
BLOCK = 256 * 1024
WRITERS = 4
BEFORE_THE_KILL = 60  # acknowledged objects


def content_files(state: Path) -> int:
    return sum(1 for path in (state / "content").glob("*/*"))


def test_sigkill_under_four_writers_loses_nothing_acknowledged(tmp_path: Path, connect: Connect) -> None:
    acknowledged: dict[str, bytes] = {}
    enough = threading.Event()

    def write(bucket: storage.Bucket, writer: int) -> None:
        for number in itertools.count():
            name = f"{writer}/{number % 20}"  # new names first, then overwrites
            data = os.urandom(1000 + 40_000 * (number % 3))
            try:
                bucket.blob(name).upload_from_string(data, retry=None)
            except (requests.RequestException, GoogleAPIError):
                return
            acknowledged[f"{name}/{number}"] = data
            if len(acknowledged) >= BEFORE_THE_KILL:
                enough.set()

    with running(tmp_path, "--bucket", "kept") as emulator, ThreadPoolExecutor(WRITERS) as pool:
        bucket = connect(emulator).bucket("kept")
        for writer in range(WRITERS):
            pool.submit(write, bucket, writer)
        assert enough.wait(20)
        emulator.kill()
    with running(tmp_path) as emulator:
        bucket = connect(emulator).bucket("kept")
        kept = {blob.name: blob.download_as_bytes(checksum="md5") for blob in bucket.list_blobs()}
        assert content_files(tmp_path) == len(kept), "what was cut off is cleaned away"
    unconfirmed = 0
    for name in {key.rpartition("/")[0] for key in acknowledged}:
        last = max(
            (key for key in acknowledged if key.startswith(f"{name}/")),
            key=lambda key: int(key.split("/")[2]),
        )
        unconfirmed += kept[name] != acknowledged[last]
    assert unconfirmed <= WRITERS, "only a write that was under way may have replaced an acknowledged one"


def test_an_upload_session_survives_sigkill(tmp_path: Path, connect: Connect) -> None:
    data = os.urandom(3 * BLOCK)
    with running(tmp_path, "--bucket", "kept") as emulator:
        bucket = connect(emulator).bucket("kept")
        url = bucket.blob("a").create_resumable_upload_session(content_type="image/png")
        headers = {"Content-Range": f"bytes 0-{2 * BLOCK - 1}/*"}
        assert requests.put(url, data=data[: 2 * BLOCK], headers=headers).status_code == 308
        emulator.kill()
    with running(tmp_path) as emulator:
        url = emulator.url + url.removeprefix(f"http://{urlsplit(url).netloc}")
        state = requests.put(url, headers={"Content-Range": "bytes */*"})
        assert state.headers["Range"] == f"bytes=0-{2 * BLOCK - 1}"
        headers = {"Content-Range": f"bytes {2 * BLOCK}-{3 * BLOCK - 1}/{3 * BLOCK}"}
        assert requests.put(url, data=data[2 * BLOCK :], headers=headers).status_code == 200
        blob = connect(emulator).bucket("kept").get_blob("a")
        assert (blob.download_as_bytes(), blob.content_type) == (data, "image/png")


def test_sigterm_ends_it_and_a_restart_knows_everything(tmp_path: Path, connect: Connect) -> None:
    with running(tmp_path, "--bucket", "kept") as emulator:
        blob = connect(emulator).bucket("kept").blob("a")
        blob.upload_from_string(b"x")
        emulator.process.terminate()
        emulator.process.wait(10)
    with running(tmp_path, "--bucket", "kept") as emulator:
        again = connect(emulator).bucket("kept").get_blob("a")
        assert (again.generation, again.etag, again.updated) == (blob.generation, blob.etag, blob.updated)
        again.delete()
        again.upload_from_string(b"y")
        assert again.generation > blob.generation
        assert content_files(tmp_path) == 1


def test_two_emulators_cannot_share_a_state_directory(tmp_path: Path) -> None:
    with running(tmp_path):
        command = [
            sys.executable,
            "-m",
            "infra.local.emulators.storage",
            "--port",
            "0",
            "--state",
            str(tmp_path),
        ]
        second = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=20)
    assert second.returncode == 1
    assert "in use by another emulator; stop it or choose another --state" in second.stderr


def test_a_lifecycle_rule_deletes_in_virtual_time(bucket: storage.Bucket, clock: SharedClock) -> None:
    bucket.add_lifecycle_delete_rule(age=30, matches_prefix=["tmp/"])
    bucket.patch()
    for name in ("tmp/a", "kept/b"):
        bucket.blob(name).upload_from_string(b"x")
    clock.set_offset(clock.offset() + 31 * 24 * 3600)
    deadline = time.monotonic() + 10
    while bucket.blob("tmp/a").exists():
        assert time.monotonic() < deadline
    assert [blob.name for blob in bucket.list_blobs()] == ["kept/b"]


def test_times_and_generations_follow_the_virtual_clock(bucket: storage.Bucket, clock: SharedClock) -> None:
    clock.set_offset(clock.offset() + 3600)
    blob = bucket.blob("a")
    blob.upload_from_string(b"x")
    assert abs((blob.time_created - clock.now()).total_seconds()) < 5
    assert abs(blob.generation / 1e6 - clock.timestamp()) < 5


def test_it_says_when_it_can_serve(emulator: Emulator) -> None:
    assert emulator.session.get(f"{emulator.url}/_health").status_code == 200
