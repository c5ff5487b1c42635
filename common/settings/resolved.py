"""The settings one run works with: every value, and who said it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from common.settings.registry import REGISTRY, CoreSettings, Registry

_FORMAT = 1


class ResolvedSettings(CoreSettings):
    """Checked values, read as attributes (typed), by `[name]`, or through a flow's own `SettingsGroup`."""

    def __init__(
        self,
        values: Mapping[str, Any],
        origins: Mapping[str, str] | None = None,
        ignored: tuple[str, ...] = (),
    ) -> None:
        super().__init__(MappingProxyType(dict(values)))
        self._origins = dict(origins or {})
        self.ignored = ignored
        """Names that no setting has, with where they were found; for a person to see, not to fail on."""

    def __getitem__(self, name: str) -> Any:
        """The value of a setting. Raises KeyError for a name nobody declared."""
        return self.values[name]

    def number(self, name: str) -> int:
        """A whole number by name: of a setting, the flow's own among them, or of what follows from several."""
        return int(getattr(self, name) if hasattr(type(self), name) else self[name])

    def origin(self, name: str) -> str:
        """Who said the value: request, tenant, environment, .env, file or default. Raises KeyError."""
        self.values[name]  # an unknown name has no origin, not the default one
        return self._origins.get(name, "default")

    def as_json(self) -> dict[str, Any]:
        """What is stored with a run: plain JSON values."""
        return {
            "format": _FORMAT,
            "values": dict(self.values),
            "origins": dict(self._origins),
            "ignored": list(self.ignored),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], registry: Registry = REGISTRY) -> Self:
        """The settings as a run stored them.

        Ranges are not checked again: a run goes on with what it started with. A setting declared since then
        has its default. Raises ValueError for a format this release does not know.
        """
        if stored.get("format") != _FORMAT:
            raise ValueError(
                f"Stored settings have format {stored.get('format')!r}; this release reads {_FORMAT}."
            )
        return cls(registry.defaults() | stored["values"], stored["origins"], tuple(stored["ignored"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResolvedSettings) and self.as_json() == other.as_json()

    __hash__ = None  # type: ignore[assignment]  # compared by content, never a key
