"""Secrets in Secret Manager keep the port's contract, over its REST API."""

import base64
from collections.abc import Iterator

import pytest

from common.errors import Misconfigured, Unavailable
from common.secrets.secret_manager import SecretManagerSecrets
from common.secrets.store import SecretStore
from infra.local.ports import free_port
from tests.contracts.secret_store import DIGIKEY, SecretStoreContract
from tests.support.secret_manager import SecretManager, serving


class TestSecretManagerSecrets(SecretStoreContract):
    @pytest.fixture
    def manager(self) -> SecretManager:
        return SecretManager()

    @pytest.fixture
    def store(self, manager: SecretManager) -> Iterator[SecretStore]:
        with serving(manager) as url:
            store = SecretManagerSecrets(project="p", endpoint=url)
            yield store
            store.close()

    def test_each_value_is_a_version_of_its_own(self, store: SecretStore, manager: SecretManager) -> None:
        store.put("etsy", {"token": "1"})
        store.put("etsy", {"token": "2"})
        assert len(manager.versions["etsy"]) == 2

    def test_a_secret_without_a_version_is_none(self, store: SecretStore, manager: SecretManager) -> None:
        manager.versions["etsy"] = []
        assert store.get("etsy") is None

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (403, Misconfigured),
            (401, Misconfigured),
            (400, Misconfigured),
            (503, Unavailable),
            (429, Unavailable),
        ],
    )
    def test_a_refusal_is_never_taken_for_no_secret(
        self, store: SecretStore, manager: SecretManager, status: int, error: type[Exception]
    ) -> None:
        manager.refuse_with = status
        with pytest.raises(error) as raised:
            store.get("digikey-default")
        with pytest.raises(error) as raised_by_put:
            store.put("digikey-default", DIGIKEY)
        assert "s3cr3t" not in f"{raised.value} {raised_by_put.value}"

    def test_a_value_that_was_damaged_on_the_way_is_noticed(
        self, store: SecretStore, manager: SecretManager
    ) -> None:
        store.put("etsy", {"token": "1"})
        manager.versions["etsy"][0]["data"] = base64.b64encode(b'{"token": "2"}').decode()
        with pytest.raises(Unavailable, match="damaged"):
            store.get("etsy")


def test_nobody_listening_is_unavailable() -> None:
    store = SecretManagerSecrets(project="p", endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match="Secret Manager did not answer"):
        store.get("etsy")
    store.close()
