"""The port to a store of secrets, and the value that it keeps."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from common.errors import Misconfigured, Usage

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


class Secret(Mapping[str, str]):
    """One account's credentials: named texts. Printing it, or an error that holds it, shows only the
    names.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        """The text of that name.

        Raises:
            KeyError: there is none.
        """
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._values)

    def __repr__(self) -> str:
        """The names, and nothing of the texts."""
        return f"Secret({', '.join(f'{name}=…' for name in self._values)})"

    def to_bytes(self) -> bytes:
        """The texts in the form in which a store keeps them."""
        return json.dumps(self._values).encode()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> "Secret":
        """Read what a store kept under `name`.

        Raises:
            Misconfigured: it is not an object of texts. The message does not repeat what it is.
        """
        try:
            values = json.loads(data)
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise Misconfigured(
                f"the secret {name} is not a JSON object of texts; store it anew with `shelfline connect`",
                reason="bad_secret",
            ) from None
        return cls(values)


class SecretStore(Protocol):
    """Keeps secrets by name: letters, digits, "-" and "_", at most 255 (`checked_name`).

    Every method may also raise

    Unavailable: the store did not answer; whether there is such a secret is not known.
    Misconfigured: the store, or our permission to use it, is missing.
    Usage: the name is not one.
    """

    def get(self, name: str) -> Secret | None:
        """The newest value, None if there is none.

        Raises:
            Misconfigured: what is stored is not a secret of ours.
        """
        ...

    def put(self, name: str, value: Mapping[str, str]) -> None:
        """Keep a value under a name, whole, instead of the one before."""
        ...


def checked_name(name: str) -> str:
    """The name, if it is one. Secret Manager's own rule; it also keeps a name inside a folder.

    Raises:
        Usage: it is not.
    """
    if not _NAME.fullmatch(name):
        raise Usage(f"{name!r} is no name for a secret; use letters, digits, hyphens and underscores")
    return name
