"""The flows there are, by name; each is declared in a module of its own and loaded when it is wanted."""

from functools import cache

from common.errors import NotFound
from common.pipeline.flow import Flow, load

_FLOWS = {
    "parts": "common.flows.parts:FLOW",
}


def names() -> list[str]:
    """The flows there are."""
    return list(_FLOWS)


@cache
def flow(name: str) -> Flow:
    """The flow of that name; NotFound, naming those there are, if it is unknown."""
    if name not in _FLOWS:
        raise NotFound(f"There is no flow {name!r}; there are: {', '.join(_FLOWS)}.", reason="unknown_flow")
    found: Flow = load(_FLOWS[name])
    return found


def register(name: str, reference: str) -> None:
    """Add a flow by reference ("module:attribute"): for flows that live outside this package."""
    _FLOWS[name] = reference
