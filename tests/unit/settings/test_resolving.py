"""Who wins, what is said when a value is wrong, and what a run keeps."""

import json
from pathlib import Path

import pytest

from common.environment import Environment
from common.errors import Misconfigured, Usage
from common.settings import (
    Layers,
    Registry,
    ResolvedSettings,
    SettingsGroup,
    flag,
    process_layers,
    resolve,
    whole,
)

CONFIG_INTEGRATED = {
    "fast": False,
    "pref_fetch": True,
    "fetch_vehicle_data": True,
    "multithreading": True,
    "realtime_processing": False,
    "use_integrated": True,
    "workers": 50,
    "skip_existing": True,
    "batch_size": 25,
    "description": "Configuration for integrated processing",
}


def test_each_layer_is_stronger_than_the_next() -> None:
    layers = {
        "file": {"workers": 1},
        "dotenv": {"WORKERS": "2"},
        "environment": {"WORKERS": "3"},
        "tenant": {"workers": 4},
        "request": {"workers": 5},
    }
    names = {
        "file": "file",
        "dotenv": ".env",
        "environment": "environment",
        "tenant": "tenant",
        "request": "request",
    }
    assert resolve(Layers()).origin("workers") == "default"
    for count in range(1, len(layers) + 1):
        settings = resolve(Layers(**dict(list(layers.items())[:count])))
        assert settings.workers == count
        assert settings.origin("workers") == names[list(layers)[count - 1]]


def test_environment_and_dotenv_are_read_under_both_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("FAST=yes\nSHELFLINE_MAX_DAILY_TASKS=7\nSHELFLINE_WORKERS=2\n")
    monkeypatch.setenv("WORKERS", "9")
    monkeypatch.setenv("shelfline_lease_seconds", "30")
    settings = resolve(process_layers(where=Environment()))
    assert (settings.fast, settings.max_daily_tasks, settings.workers, settings.lease_seconds) == (
        True,
        7,
        9,
        30,
    )
    assert [settings.origin(name) for name in ("fast", "workers")] == [".env", "environment"]


def test_the_prefixed_name_wins_over_the_bare_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "9")
    monkeypatch.setenv("SHELFLINE_WORKERS", "8")
    assert resolve(process_layers(where=Environment())).workers == 8


def test_only_execution_modes_are_read_under_a_bare_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "TEST")
    monkeypatch.setenv("LEASE_SECONDS", "30")
    settings = resolve(process_layers(where=Environment()))
    assert (settings.mode, settings.lease_seconds) == ("PRODUCTION", 60)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "")
    monkeypatch.setenv("SHELFLINE_CONFIG", "")
    assert resolve(process_layers(where=Environment())).origin("workers") == "default"


def test_the_integrated_configuration_file_loads_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "config_integrated.json"
    path.write_text(json.dumps(CONFIG_INTEGRATED))
    monkeypatch.setenv("SHELFLINE_CONFIG", str(path))
    settings = resolve(process_layers(where=Environment()))
    assert settings.execution_mode == "integrated"
    assert (settings.workers, settings.batch_size) == (50, 25)
    assert settings.origin("use_integrated") == "file"
    assert settings.ignored == ("description (file)",)


@pytest.mark.parametrize(
    ("content", "message"), [("{", "is not JSON"), ("[1]", "one JSON object"), (None, "cannot be read")]
)
def test_a_configuration_file_that_is_none_says_so(folder: Path, content: str | None, message: str) -> None:
    path = folder / "settings.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Misconfigured, match=message) as raised:
        process_layers(where=Environment(config=path))
    assert "settings.json" in str(raised.value)


def test_a_wrong_value_is_named_with_its_place_and_what_is_allowed() -> None:
    with pytest.raises(Misconfigured) as raised:
        resolve(Layers(environment={"SHELFLINE_WORKERS": "0"}))
    message = str(raised.value)
    for part in ("workers", "'0'", "SHELFLINE_WORKERS", "from 1 to 200", "chunks"):
        assert part in message


def test_all_wrong_values_are_named_at_once_and_a_request_is_the_callers_to_mend() -> None:
    with pytest.raises(Usage) as raised:
        resolve(Layers(request={"fast": "perhaps"}, file={"workers": 0}))
    assert "fast" in str(raised.value)
    assert "workers" in str(raised.value)


def test_a_wrong_value_that_a_stronger_layer_replaces_does_no_harm() -> None:
    assert resolve(Layers(request={"workers": 4}, file={"workers": 0})).workers == 4


def test_a_misspelt_setting_in_a_request_is_refused_with_the_right_name() -> None:
    with pytest.raises(Usage, match="Did you mean workers"):
        resolve(Layers(request={"worker": 4}))


def test_a_setting_that_no_longer_exists_is_ignored_and_reported() -> None:
    assert resolve(Layers(tenant={"swarm": True})).ignored == ("swarm (tenant)",)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"completeness_medium": 0.9}, ("completeness_medium", "completeness_high")),
        ({"priority_high": 0.1}, ("priority_very_low", "priority_high")),
        ({"retry_max_seconds": 1}, ("retry_base_seconds", "retry_max_seconds")),
    ],
)
def test_thresholds_out_of_order_are_refused(said: dict[str, float], names: tuple[str, str]) -> None:
    with pytest.raises(Usage, match="must not be above") as raised:
        resolve(Layers(request=said))
    assert all(name in str(raised.value) for name in names)


def test_equal_thresholds_are_in_order() -> None:
    assert resolve(Layers(request={"completeness_medium": 0.8})).completeness_medium == 0.8


@pytest.mark.parametrize(
    ("integrated", "realtime", "mode"),
    [
        (True, True, "integrated"),
        (True, False, "integrated"),
        (False, True, "realtime"),
        (False, False, "traditional"),
    ],
)
def test_priority_of_the_execution_modes(integrated: bool, realtime: bool, mode: str) -> None:
    said = {"use_integrated": integrated, "realtime_processing": realtime}
    assert resolve(Layers(request=said)).execution_mode == mode


def test_a_chunk_is_never_larger_than_the_largest_allowed() -> None:
    assert resolve(Layers(request={"batch_size": 500})).chunk_size == 100
    assert resolve(Layers(request={"batch_size": 500, "max_batch_size": 400})).chunk_size == 400
    assert resolve(Layers()).chunk_size == 100


def test_in_real_time_a_chunk_is_one_item() -> None:
    assert resolve(Layers(request={"realtime_processing": True})).chunk_size == 1
    assert resolve(Layers(request={"realtime_processing": True, "use_integrated": True})).chunk_size == 100


def test_without_multithreading_one_chunk_is_claimed_at_once() -> None:
    assert resolve(Layers(request={"workers": 9})).lane_width == 9
    assert resolve(Layers(request={"workers": 9, "multithreading": False})).lane_width == 1


def test_a_run_keeps_its_settings_through_json() -> None:
    settings = resolve(Layers(request={"workers": 3}, file={"description": "x"}))
    stored = json.loads(json.dumps(settings.as_json()))
    again = ResolvedSettings.from_json(stored)
    assert again == settings
    assert (again.workers, again["workers"], again.origin("workers")) == (3, 3, "request")
    assert again.ignored == ("description (file)",)


def test_a_setting_declared_after_the_run_started_has_its_default() -> None:
    stored = resolve(Layers(request={"workers": 3})).as_json()
    del stored["values"]["lease_seconds"]
    again = ResolvedSettings.from_json(stored)
    assert (again.lease_seconds, again.origin("lease_seconds")) == (60, "default")


def test_settings_stored_in_an_unknown_format_are_refused() -> None:
    with pytest.raises(ValueError, match="format 99"):
        ResolvedSettings.from_json({"format": 99})


def test_settings_cannot_be_changed_and_unknown_ones_cannot_be_read() -> None:
    settings = resolve(Layers())
    with pytest.raises(TypeError):
        settings.values["workers"] = 1  # type: ignore[index]
    with pytest.raises(KeyError):
        settings["swarm"]
    with pytest.raises(KeyError):
        settings.origin("swarm")


class TyreSettings(SettingsGroup):
    """A flow's own."""

    page_pause_seconds = whole(1, 0, 60, "seconds", "Pause between two pages.")
    snapshots = flag(True, "Keep the pages.")


class TestSettingsOfAFlow:
    def test_they_resolve_beside_the_others_with_typed_access(self) -> None:
        registry = Registry()
        registry.register_flow("tyres", TyreSettings, {"workers": 4})
        layers = Layers(environment={"SHELFLINE_PAGE_PAUSE_SECONDS": "7"})
        settings = resolve(layers, flow="tyres", registry=registry)
        own = TyreSettings(settings.values)
        assert (own.page_pause_seconds, own.snapshots, settings["page_pause_seconds"]) == (7, True, 7)
        assert (settings.workers, settings.origin("workers")) == (4, "default")
        assert resolve(layers, registry=registry).workers == 50

    def test_a_default_of_a_flow_yields_to_every_layer(self) -> None:
        registry = Registry()
        registry.register_flow("tyres", defaults={"workers": 4})
        assert resolve(Layers(file={"workers": 5}), flow="tyres", registry=registry).workers == 5

    def test_a_flow_or_a_name_registered_twice_is_refused(self) -> None:
        registry = Registry()
        registry.register_flow("tyres", TyreSettings)
        with pytest.raises(ValueError, match="registered already"):
            registry.register_flow("tyres", None)
        with pytest.raises(ValueError, match="page_pause_seconds, snapshots"):
            registry.register_flow("wheels", TyreSettings)

    def test_a_bad_or_unknown_default_is_refused(self) -> None:
        registry = Registry()
        with pytest.raises(ValueError, match="out of range"):
            registry.register_flow("tyres", TyreSettings, {"workers": 0})
        with pytest.raises(ValueError, match="nobody declared: swarm"):
            registry.register_flow("tyres", TyreSettings, {"swarm": 1})
        assert "page_pause_seconds" not in registry
