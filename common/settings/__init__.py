"""Every threshold, limit and mode of a run: named, documented, with its type, range, unit and origin.

Precedence: request > tenant > environment > `.env` > JSON file at SHELFLINE_CONFIG > the flow's default > the
setting's default. Where this process runs and whom it talks to is in `common.environment` instead.

    settings = resolve(process_layers(request={"limit_name": 5}, tenant=stored), flow="parts")
    settings.completeness_high        # typed
    settings.origin("workers")        # "environment"
    FitmentSettings(settings.values)  # the typed view of a flow's own settings
"""

from common.settings.layers import Layers, process_layers
from common.settings.registry import REGISTRY, Registry, register_flow
from common.settings.resolve import resolve, validated
from common.settings.resolved import ResolvedSettings
from common.settings.setting import Setting, SettingsGroup, choice, flag, fraction, number, whole

__all__ = [
    "REGISTRY",
    "Layers",
    "Registry",
    "ResolvedSettings",
    "Setting",
    "SettingsGroup",
    "choice",
    "flag",
    "fraction",
    "number",
    "process_layers",
    "register_flow",
    "resolve",
    "validated",
    "whole",
]
