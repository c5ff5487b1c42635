"""Where values of settings come from, strongest first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from common.environment import Environment, environment, settings_layer
from common.errors import Misconfigured
from common.settings.registry import REGISTRY, Registry

_NO_FILE = (None, Path())  # an empty variable reads as an empty path


class Said(NamedTuple):
    """One value as somebody wrote it."""

    value: Any
    origin: str
    """request, tenant, environment, .env or file."""
    written_as: str
    """The name it was written under."""


@dataclass(frozen=True)
class Layers:
    """Raw values by the name of the setting (any case), one mapping per origin."""

    request: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    """By the name in the environment: SHELFLINE_WORKERS, or WORKERS where that is accepted."""
    dotenv: Mapping[str, Any] = field(default_factory=dict)
    file: Mapping[str, Any] = field(default_factory=dict)

    def strongest_first(self, registry: Registry) -> Iterator[tuple[str, Said]]:
        """(name of the setting, what was said) of every layer in turn."""
        yield from _by_own_name(self.request, "request")
        yield from _by_own_name(self.tenant, "tenant")
        yield from _by_environment_name(self.environment, "environment", registry)
        yield from _by_environment_name(self.dotenv, ".env", registry)
        yield from _by_own_name(self.file, "file")


def process_layers(
    request: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
    registry: Registry = REGISTRY,
    where: Environment | None = None,
) -> Layers:
    """The layers of this process: `request` and `tenant` as given, the others read from where they are.

    Raises Misconfigured when SHELFLINE_CONFIG names a file that cannot be read.
    """
    config = (where or environment()).config
    process, dotenv = settings_layer(registry.environment_names())
    return Layers(
        request or {}, tenant or {}, process, dotenv, {} if config in _NO_FILE else read_config_file(config)
    )


def read_config_file(path: Path) -> dict[str, Any]:
    """The JSON object in the file SHELFLINE_CONFIG names. Raises Misconfigured when it has none."""
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Misconfigured(
            f"SHELFLINE_CONFIG names {path}, which cannot be read ({error.strerror}); correct or unset it."
        ) from error
    except ValueError as error:
        raise Misconfigured(
            f"{path} (from SHELFLINE_CONFIG) is not JSON: {error}; correct it there."
        ) from error
    if not isinstance(content, dict):
        raise Misconfigured(
            f'{path} (from SHELFLINE_CONFIG) must hold one JSON object, like {{"workers": 50}}.'
        )
    return content


def _by_own_name(values: Mapping[str, Any], origin: str) -> Iterator[tuple[str, Said]]:
    for written, value in values.items():
        yield written.strip().lower(), Said(value, origin, written)


def _by_environment_name(
    values: Mapping[str, Any], origin: str, registry: Registry
) -> Iterator[tuple[str, Said]]:
    for variable, name in registry.environment_names().items():
        if values.get(variable) not in (None, ""):  # an empty variable is how a shell unsets one
            yield name, Said(values[variable], origin, variable)
