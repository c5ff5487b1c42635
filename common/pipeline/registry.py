"""The flows there are, by name; each is declared in a module of its own and loaded when it is wanted."""

import re
from functools import cache

from common.environment import environment
from common.errors import Misconfigured, NotFound
from common.pipeline.flow import Flow, load

_FLOWS = {
    "parts": "common.flows.parts:FLOW",
    "orders": "common.flows.orders:FLOW",
    "designs": "common.flows.designs:FLOW",
}
# A run's id starts with its flow's name and an underscore, so a name has none.
_NAMED = re.compile(r"(?P<name>[a-z][a-z0-9-]*)=(?P<reference>[\w.]+:\w+)", re.ASCII)


def names() -> list[str]:
    """The flows there are."""
    return list(_references())


@cache
def flow(name: str) -> Flow:
    """The flow of that name; NotFound, naming those there are, if it is unknown."""
    references = _references()
    if name not in references:
        raise NotFound(
            f"There is no flow {name!r}; there are: {', '.join(references)}.", reason="unknown_flow"
        )
    found: Flow = load(references[name])
    return found


def register(name: str, reference: str) -> None:
    """Add a flow by reference ("module:attribute") to this process; SHELFLINE_FLOWS adds one to every process."""
    _FLOWS[name] = reference


def parse(named: str) -> dict[str, str]:
    """Flows as SHELFLINE_FLOWS names them ("name=module:attribute,..."), by name. Raises Misconfigured."""
    return dict(_pair(part.strip()) for part in named.split(",") if part.strip())


def _references() -> dict[str, str]:
    return {**_named_outside(), **_FLOWS}


@cache
def _named_outside() -> dict[str, str]:
    named = parse(environment().flows)
    if taken := sorted(named.keys() & _FLOWS.keys()):
        raise Misconfigured(
            f"SHELFLINE_FLOWS names {', '.join(taken)}, which there is already: choose another name."
        )
    return named


def _pair(part: str) -> tuple[str, str]:
    match = _NAMED.fullmatch(part)
    if match is None:
        raise Misconfigured(
            f"SHELFLINE_FLOWS has {part!r}: write name=module:attribute, the name in a-z, 0-9 and -."
        )
    return match["name"], match["reference"]
