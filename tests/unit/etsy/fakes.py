"""Secrets that can fail."""

from collections.abc import Mapping

from common.errors import Unavailable
from tests.fakes.secret_store import FakeSecretStore


class FailingSecrets(FakeSecretStore):
    """Refuses to keep one name for so many times."""

    def __init__(self, name: str, times: int) -> None:
        super().__init__()
        self.refuses, self.times = name, times

    def put(self, name: str, value: Mapping[str, str]) -> None:
        if name == self.refuses and self.times > 0:
            self.times -= 1
            raise Unavailable("the store is down")
        super().put(name, value)
