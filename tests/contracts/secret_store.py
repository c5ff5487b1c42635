"""What every SecretStore does."""

import pytest

from common.errors import Usage
from common.secrets.store import SecretStore

DIGIKEY = {"client_id": "abc", "client_secret": "s3cr3t-ü"}


def got(store: SecretStore, name: str) -> dict[str, str] | None:
    """What is kept, as plain texts."""
    secret = store.get(name)
    return None if secret is None else dict(secret)


class SecretStoreContract:
    """Inherit from it and give a fixture `store`."""

    @pytest.fixture
    def store(self) -> SecretStore:
        """The store under test, empty."""
        raise NotImplementedError

    def test_what_is_put_is_got(self, store: SecretStore) -> None:
        store.put("digikey-default", DIGIKEY)
        assert got(store, "digikey-default") == DIGIKEY

    def test_what_was_never_put_is_none(self, store: SecretStore) -> None:
        assert store.get("digikey-default") is None

    def test_the_newest_value_replaces_the_whole_one_before(self, store: SecretStore) -> None:
        store.put("etsy", {"access": "1", "refresh": "2"})
        store.put("etsy", {"access": "3"})
        assert got(store, "etsy") == {"access": "3"}

    def test_secrets_are_apart(self, store: SecretStore) -> None:
        store.put("a", {"x": "1"})
        store.put("b", {"x": "2"})
        assert (got(store, "a"), got(store, "b")) == ({"x": "1"}, {"x": "2"})

    def test_a_secret_never_shows_its_texts(self, store: SecretStore) -> None:
        store.put("digikey-default", DIGIKEY)
        secret = store.get("digikey-default")
        assert repr(secret) == f"{secret}" == "Secret(client_id=…, client_secret=…)"

    @pytest.mark.parametrize("name", ["", "../etc/passwd", "a/b", "a.json", "ä", "x" * 256, "a b", "a\n"])
    def test_a_name_that_could_lead_elsewhere_is_refused(self, store: SecretStore, name: str) -> None:
        with pytest.raises(Usage):
            store.get(name)
        with pytest.raises(Usage):
            store.put(name, DIGIKEY)
