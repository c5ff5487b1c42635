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
BEFORE_THE_KILL = 120  # writes acknowledged


def content_files(state: Path) -> int:
    return sum(1 for path in (state / "content").glob("*/*"))


def test_sigkill_under_four_writers_loses_nothing_acknowledged(tmp_path: Path, connect: Connect) -> None:
    sent: dict[str, bytes] = {}
    acknowledged: dict[str, bytes] = {}
    counted = itertools.count(1)
    enough = threading.Event()

    def write(bucket: storage.Bucket, writer: int) -> None:
        for number in itertools.count():
            name = f"{writer}/{number % 20}"  # new names first, then overwrites
            sent[name] = os.urandom(1000 + 40_000 * (number % 3))
            try:
                bucket.blob(name).upload_from_string(sent[name], retry=None)
            except (requests.RequestException, GoogleAPIError):
                return
            acknowledged[name] = sent[name]
            if next(counted) >= BEFORE_THE_KILL:
                enough.set()

    with running(tmp_path, "--bucket", "kept") as emulator, ThreadPoolExecutor(WRITERS) as pool:
        bucket = connect(emulator).bucket("kept")
        writing = [pool.submit(write, bucket, writer) for writer in range(WRITERS)]
        assert enough.wait(20)
        emulator.kill()
    for writer in writing:
        writer.result()
    with running(tmp_path) as emulator:
        bucket = connect(emulator).bucket("kept")
        kept = {blob.name: blob.download_as_bytes(checksum="md5") for blob in bucket.list_blobs()}
        assert content_files(tmp_path) == len(kept), "what was cut off is cleaned away"
    assert kept.keys() >= acknowledged.keys()
    for name, data in kept.items():
        assert data in (acknowledged.get(name), sent[name]), (
            "the last write acknowledged, or the one under way"
        )


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
    (tmp_path / "content" / "00" / ("0" * 32)).write_bytes(b"what a crash has left half-written")
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
    deadline = time.monotonic() + 10
    while not blob.time_created or abs((blob.time_created - clock.now()).total_seconds()) > 5:
        assert time.monotonic() < deadline
        blob.upload_from_string(b"x")
    assert abs(blob.generation / 1e6 - clock.timestamp()) < 5


def test_it_says_when_it_can_serve(emulator: Emulator) -> None:
    assert emulator.session.get(f"{emulator.url}/_health").status_code == 200
