"""Secrets in memory and in files keep the port's contract."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.errors import Misconfigured
from common.secrets.files import FileSecrets
from common.secrets.store import Secret, SecretStore
from tests.contracts.secret_store import DIGIKEY, SecretStoreContract, got
from tests.fakes.secret_store import FakeSecretStore


class TestFakeSecretStore(SecretStoreContract):
    @pytest.fixture
    def store(self) -> SecretStore:
        return FakeSecretStore()


class TestFileSecrets(SecretStoreContract):
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "var" / "secrets"

    @pytest.fixture
    def store(self, folder: Path) -> SecretStore:
        return FileSecrets(folder)

    def test_only_the_owner_can_read(self, store: SecretStore, folder: Path) -> None:
        store.put("etsy", DIGIKEY)
        store.put("etsy", DIGIKEY)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()] == [
            ("etsy.json", 0o600)
        ]

    def test_a_folder_that_was_open_is_closed(self, store: SecretStore, folder: Path) -> None:
        folder.mkdir(mode=0o755, parents=True)
        store.put("etsy", DIGIKEY)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_file_that_others_can_read_is_refused(self, store: SecretStore, folder: Path) -> None:
        store.put("etsy", DIGIKEY)
        (folder / "etsy.json").chmod(0o640)
        with pytest.raises(Misconfigured, match="can be read by others"):
            store.get("etsy")

    @pytest.mark.parametrize("content", ["s3cr3t", "[]", '{"a": 1}', ""])
    def test_a_damaged_file_is_refused_and_not_repeated(
        self, store: SecretStore, folder: Path, content: str
    ) -> None:
        store.put("etsy", DIGIKEY)
        (folder / "etsy.json").write_text(content)
        with pytest.raises(Misconfigured, match="shelfline connect") as raised:
            store.get("etsy")
        assert "s3cr3t" not in str(raised.value)
        assert raised.value.__cause__ is None

    def test_a_reader_never_sees_half_a_secret(self, store: SecretStore) -> None:
        values = [{"token": letter * 100_000} for letter in "ab"]
        store.put("etsy", values[0])

        def write() -> None:
            for number in range(50):
                store.put("etsy", values[number % 2])

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            while not writing.done():
                assert got(store, "etsy") in values

    def test_a_write_that_fails_leaves_the_old_value_and_no_scratch(
        self, store: SecretStore, folder: Path
    ) -> None:
        store.put("etsy", DIGIKEY)
        with pytest.raises(TypeError):
            store.put("etsy", {"token": object()})  # type: ignore[dict-item]
        assert got(store, "etsy") == DIGIKEY
        assert os.listdir(folder) == ["etsy.json"]


def test_a_secret_is_a_mapping_that_hides_its_texts() -> None:
    secret = Secret(DIGIKEY)
    assert dict(secret) == DIGIKEY
    assert len(secret) == 2
    assert "s3cr3t" not in f"{secret} {secret!r} {[secret]} {ValueError(secret)!r}"
