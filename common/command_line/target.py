"""Which deployment a command speaks to: the one that is named, else the local stack."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.client import NOT_RUNNING
from common.errors import Misconfigured, Unauthenticated, Unavailable

CHECKOUT = Path(__file__).parents[2]
"""Where the code is; the local stack runs it from there."""
_URL, _TOKEN = "SHELFLINE_URL", "SHELFLINE_TOKEN"  # names of variables
_TOKEN_FILES = ("api-token", "cli-token")


@dataclass(frozen=True)
class Target:
    """url: the API's. token: the caller's. control: the local stack's control server, "" for a deployment."""

    url: str
    token: str = field(repr=False)
    control: str = ""


def find(url: str | None, token: str | None, state: Path | None) -> Target:
    """The target of a command: the options, then SHELFLINE_URL and SHELFLINE_TOKEN (environment or .env),
    then the local stack.

    Raises Unavailable when that is the local stack and it does not run, Unauthenticated for a URL without a
    token.
    """
    found = _from_environment() if not (url and token) else {}
    url = url or found.get(_URL)
    token = token or found.get(_TOKEN)
    if not url:
        return local(state_folder(state), token)
    if not token:
        raise Unauthenticated(
            f"{url} wants a token: set {_TOKEN}, or give --token (`shelfline token create` makes one)."
        )
    return Target(url, token)


def local(state: Path, token: str | None = None) -> Target:
    """The local stack whose state is in that folder. Raises Unavailable, saying what to do."""
    record = read_record(state)
    urls = record.get("urls") or record
    if not urls.get("api") or record.get("health", "up") in ("stopped", "stopping"):
        raise Unavailable(NOT_RUNNING, reason="stack_down")
    if record.get("health") == "red":
        reason = record.get("reason") or f"see {state / 'log'}"
        raise Unavailable(
            f"The local stack is broken: {reason}. `shelfline up` starts it anew.", reason="stack_red"
        )
    return Target(str(urls["api"]), token or _local_token(state), str(urls.get("control", "")))


def state_folder(given: Path | None) -> Path:
    """The folder of the local stack's state: as given, `var` where we are, or `var` in the checkout."""
    here = Path("var")
    return (given or (here if (here / "stack.json").exists() else CHECKOUT / "var")).absolute()


def read_record(state: Path) -> dict[str, Any]:
    """What the stack wrote down about itself; empty when it never ran."""
    try:
        record = json.loads((state / "stack.json").read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"{state / 'stack.json'} cannot be read ({error}): `shelfline down`, then `shelfline up`."
        ) from error
    return record if isinstance(record, dict) else {}


def _local_token(state: Path) -> str:
    for name in _TOKEN_FILES:
        file = state / "secrets" / name
        if file.exists():
            return file.read_text().strip()
    raise Unavailable(
        f"There is no token in {state / 'secrets'}: `shelfline up` makes it.", reason="stack_down"
    )


def _from_environment() -> dict[str, str]:
    from common.environment import settings_layer

    layer = settings_layer((_URL, _TOKEN))
    return layer.dotenv | layer.environment
