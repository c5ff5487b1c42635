"""The one registry of settings: those every flow has, and those a flow declares itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from common.settings.decision import DecisionSettings
from common.settings.execution import ExecutionSettings
from common.settings.limits import LimitSettings, VendorSettings
from common.settings.orders import OrderSettings
from common.settings.setting import Setting, SettingsGroup

_NONE: Mapping[str, Any] = MappingProxyType({})


class CoreSettings(DecisionSettings, ExecutionSettings, LimitSettings, VendorSettings, OrderSettings):
    """What every flow has."""


@dataclass(frozen=True)
class Ordering:
    """Two settings of which the first must not be above the second."""

    lower: str
    upper: str


ORDERINGS = (
    Ordering("completeness_medium", "completeness_high"),
    Ordering("priority_very_low", "priority_high"),
    Ordering("retry_base_seconds", "retry_max_seconds"),
)


class Registry:
    """Declared settings by name, and the defaults that flows change."""

    def __init__(self) -> None:
        self._settings: dict[str, Setting[Any]] = {}
        self._flows: dict[str, dict[str, Any]] = {}
        for setting in CoreSettings.declared():
            self._add(setting)

    def register_flow(
        self, flow: str, group: type[SettingsGroup] | None = None, defaults: Mapping[str, Any] = _NONE
    ) -> None:
        """Declare the settings of a flow's own `group`, and its own `defaults` for settings that exist.

        Raises ValueError for a flow registered twice, a name declared twice, a default out of range or for a
        setting nobody declared; nothing is registered then.
        """
        if flow in self._flows:
            raise ValueError(f"The settings of flow {flow} are registered already.")
        own = group.declared() if group else []
        known = self._settings | {setting.name: setting for setting in own}
        if len(known) != len(self._settings) + len(own):
            twice = sorted(setting.name for setting in own if setting.name in self._settings)
            raise ValueError(
                f"Flow {flow} declares settings that exist: {', '.join(twice)}; give them other names."
            )
        if unknown := sorted(set(defaults) - set(known)):
            raise ValueError(f"Flow {flow} has defaults for settings nobody declared: {', '.join(unknown)}.")
        self._flows[flow] = {name: known[name].parse(value) for name, value in defaults.items()}
        self._settings = known

    def _add(self, setting: Setting[Any]) -> None:
        if setting.name in self._settings:
            raise ValueError(f"Setting {setting.name} is declared twice.")
        self._settings[setting.name] = setting

    def __iter__(self) -> Iterator[Setting[Any]]:
        return iter(self._settings.values())

    def __contains__(self, name: object) -> bool:
        return name in self._settings

    def __getitem__(self, name: str) -> Setting[Any]:
        return self._settings[name]

    def names(self) -> list[str]:
        """The names of all settings."""
        return list(self._settings)

    def defaults(self, flow: str | None = None) -> dict[str, Any]:
        """The value of every setting when nobody says anything, for `flow`."""
        return {setting.name: setting.default for setting in self} | self._flows.get(flow or "", {})

    def environment_names(self) -> dict[str, str]:
        """Name in the environment → name of the setting; of two for one setting the stronger comes first."""
        prefixed = {f"SHELFLINE_{setting.name.upper()}": setting.name for setting in self}
        bare = {setting.name.upper(): setting.name for setting in self if setting.bare_in_environment}
        return prefixed | bare


REGISTRY = Registry()
"""The registry of this process; flows add to it when they are imported."""


def register_flow(
    flow: str, group: type[SettingsGroup] | None = None, defaults: Mapping[str, Any] = _NONE
) -> None:
    """`Registry.register_flow` on the registry of this process."""
    REGISTRY.register_flow(flow, group, defaults)
