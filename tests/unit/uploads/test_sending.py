"""Files on their way to storage, past a stand-in that answers as it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from common.client.sending import NOT_SENT, REFUSED, UNREADABLE, Sender
from common.client.uploads import _batches
from infra.local.ports import free_port
from tests.support.serving import served


class Storage:
    """Answers PUTs from a script, the last answer for ever; keeps what came."""

    def __init__(self) -> None:
        self.script = [200]
        self.came: list[tuple[str, bytes, dict[str, str]]] = []
        self.url = ""

    async def put(self, request: Request) -> Response:
        """One file."""
        self.came.append((request.url.path, await request.body(), dict(request.headers)))
        return Response(status_code=self.script.pop(0) if len(self.script) > 1 else self.script[0])

    def wanted(self) -> dict[str, object]:
        """The request that a file is to be sent with."""
        return {"method": "PUT", "url": f"{self.url}/a", "headers": {"Content-Type": "image/png"}}


@pytest.fixture
def storage() -> Iterator[Storage]:
    made = Storage()
    application = Starlette(routes=[Route("/{name}", made.put, methods=["PUT"])])
    with served(application) as made.url:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(b"pixels")
    return path


class Pauses(list[float]):
    """Time that would have passed."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def test_a_file_is_sent_as_it_was_signed_and_without_our_token(
    storage: Storage, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Sender() as sender:
        assert sender.send(file, storage.wanted()) is None
    [(path, body, headers)] = storage.came
    assert (path, body, headers["content-type"]) == ("/a", b"pixels", "image/png")
    assert headers["content-length"] == "6"
    assert "authorization" not in headers


def test_an_empty_file_says_its_length(storage: Storage, file: Path) -> None:
    file.write_bytes(b"")
    with Sender() as sender:
        assert sender.send(file, storage.wanted()) is None
    assert storage.came[0][2]["content-length"] == "0"
    assert "transfer-encoding" not in storage.came[0][2]


@pytest.mark.parametrize(
    ("script", "problem", "tries"),
    [
        ([503, 429, 200], None, 3),
        ([500, 412], None, 2),
        ([412], None, 1),
        ([400], REFUSED, 1),
        ([403], REFUSED, 1),
        ([503], NOT_SENT, 4),
    ],
)
def test_what_storage_says_decides(
    storage: Storage, file: Path, script: list[int], problem: str | None, tries: int
) -> None:
    storage.script, pauses = script, Pauses()
    with Sender(pauses) as sender:
        assert sender.send(file, storage.wanted()) == problem
    assert [body for _, body, _ in storage.came] == [b"pixels"] * tries
    assert len(pauses) == tries - 1
    assert pauses == sorted(pauses)


def test_storage_that_is_away_is_not_asked_for_every_file(file: Path) -> None:
    nowhere = {"method": "PUT", "url": f"http://127.0.0.1:{free_port()}/a", "headers": {}}
    pauses = Pauses()
    with Sender(pauses) as sender:
        assert [sender.send(file, nowhere) for _ in range(10)] == [NOT_SENT] * 10
    assert len(pauses) == 9


def test_a_file_that_is_gone_says_nothing_against_storage(
    storage: Storage, file: Path, tmp_path: Path
) -> None:
    with Sender(Pauses()) as sender:
        for _ in range(5):
            assert sender.send(tmp_path / "gone.png", storage.wanted()) == UNREADABLE
        assert sender.send(file, storage.wanted()) is None


def test_files_are_announced_in_batches_that_are_sent_before_their_addresses_expire() -> None:
    files = [Path(f"{number}.png") for number in range(450)]
    assert [len(batch) for batch in _batches(files, dict.fromkeys(files, 1))] == [200, 200, 50]
    large = list(_batches(files[:50], dict.fromkeys(files, 50 << 20)))
    assert [len(batch) for batch in large] == [20, 20, 10]
    assert [file for batch in large for file in batch] == files[:50]
    huge = list(_batches(files[:3], dict.fromkeys(files, 2 << 30)))
    assert [len(batch) for batch in huge] == [1, 1, 1]
