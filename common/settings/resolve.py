"""From layers of raw values to one checked value per setting."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from common.errors import Misconfigured, Usage
from common.settings.layers import Layers, Said
from common.settings.registry import ORDERINGS, REGISTRY, Registry
from common.settings.resolved import ResolvedSettings


def resolve(layers: Layers, flow: str | None = None, registry: Registry = REGISTRY) -> ResolvedSettings:
    """The value of every setting for one run of `flow`, each from the strongest layer that says it.

    Names nobody declared are listed in `ignored`, except in a request. Raises Usage when the request says
    something wrong (or names a setting nobody declared), Misconfigured when another layer does; the message
    names every such setting with its value, its allowed range and its origin.
    """
    strongest, ignored = _strongest(layers, registry)
    values = registry.defaults(flow)
    problems = _Problems()
    for name, said in strongest.items():
        try:
            values[name] = registry[name].parse(said.value)
        except ValueError as error:
            problems.add(said, _complaint(registry, name, said, error))
    if not problems:
        _check_orderings(values, strongest, problems)
    problems.raise_if_any()
    return ResolvedSettings(values, {name: said.origin for name, said in strongest.items()}, ignored)


def validated(values: Mapping[str, Any], registry: Registry = REGISTRY) -> dict[str, Any]:
    """`values` that somebody wants to store for a tenant, typed and checked by name. Raises Usage."""
    resolved = resolve(Layers(request=values), registry=registry)
    return {name.strip().lower(): resolved[name.strip().lower()] for name in values}


def _strongest(layers: Layers, registry: Registry) -> tuple[dict[str, Said], tuple[str, ...]]:
    strongest: dict[str, Said] = {}
    ignored: list[str] = []
    for name, said in layers.strongest_first(registry):
        if name in registry:
            strongest.setdefault(name, said)
        elif said.origin == "request":
            raise Usage(
                f"There is no setting {said.written_as}.{_suggestion(name, registry)}",
                reason="unknown_setting",
            )
        else:
            ignored.append(f"{said.written_as} ({said.origin})")
    return strongest, tuple(ignored)


def _suggestion(name: str, registry: Registry) -> str:
    close = get_close_matches(name, registry.names(), n=1)
    return f" Did you mean {close[0]}?" if close else " `shelfline config --show` lists all."


class _Problems:
    """What is wrong, and whether the caller or the installation has to mend it."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._from_request = False

    def __bool__(self) -> bool:
        return bool(self._complaints)

    def add(self, said: Said, complaint: str) -> None:
        self._complaints.append(complaint)
        self._from_request |= said.origin == "request"

    def raise_if_any(self) -> None:
        if self._complaints:
            message = " ".join(self._complaints)
            raise Usage(message, reason="bad_setting") if self._from_request else Misconfigured(message)


def _complaint(registry: Registry, name: str, said: Said, error: ValueError) -> str:
    setting = registry[name]
    unit = f" ({setting.unit})" if setting.unit else ""
    return (
        f"Setting {name} = {said.value!r} from {_place(said)} is {error}; allowed is {setting.allowed}{unit}."
    )


def _place(said: Said | None) -> str:
    if said is None:
        return "its default"
    return {
        "environment": f"the environment variable {said.written_as}",
        ".env": f"{said.written_as} in .env",
        "tenant": "the tenant's settings",
        "request": "the request",
        "file": f"{said.written_as!r} in the file at SHELFLINE_CONFIG",
    }[said.origin]


def _check_orderings(values: Mapping[str, Any], strongest: Mapping[str, Said], problems: _Problems) -> None:
    for ordering in ORDERINGS:
        lower, upper = values[ordering.lower], values[ordering.upper]
        said = strongest.get(ordering.lower) or strongest.get(ordering.upper)
        if lower > upper and said:
            places = ", ".join(
                f"{name} = {values[name]:g} from {_place(strongest.get(name))}"
                for name in (ordering.lower, ordering.upper)
            )
            problems.add(said, f"{ordering.lower} must not be above {ordering.upper}, but: {places}.")
