"""Which settings there are, their defaults, their ranges, and what is understood as a value."""

from typing import Any

import pytest

from common.environment import Environment
from common.errors import Usage
from common.settings import REGISTRY, Registry, validated

SHARES = {
    "completeness_high": 0.8,
    "completeness_medium": 0.5,
    "reliability_min": 0.4,
    "priority_min": 0.3,
    "priority_very_low": 0.2,
    "priority_high": 0.6,
    "reliability_prior_known": 0.6,
    "reliability_prior_unknown": 0.5,
    "audit_sample_rate": 0.05,
    "automation_priority_threshold": 0.8,
    "manual_priority_threshold": 0.5,
    "mass_change_share": 0.1,
}
WHOLE = {  # name: (default, lowest, highest)
    "automation_max_concurrent": (5, 1, 20),
    "automation_retry_attempts": (3, 1, 10),
    "manual_batch_size": (50, 1, 200),
    "max_automation_failures": (3, 1, 10),
    "max_daily_tasks": (1000, 1, 10_000),
    "max_batch_size": (100, 1, 1000),
    "failure_window_days": (7, 1, 365),
    "refresh_after_days": (30, 0, 3650),
    "workers": (50, 1, 200),
    "batch_size": (100, 1, 1000),
    "lease_seconds": (60, 5, 900),
    "crash_loop_tries": (3, 1, 20),
    "fetch_page_size": (500, 1, 10_000),
    "manual_lease_minutes": (30, 1, 1440),
    "digikey_per_minute": (120, 1, 100_000),
    "digikey_per_day": (1000, 1, 10_000_000),
    "export_from_rows": (20_000, 0, 100_000_000),
    "segment_rows": (20_000, 1, 100_000),
    "mass_change_rows": (10, 0, 10_000_000),
    "order_push_items": (500, 1, 10_000),
    "monday_items_per_page": (500, 1, 500),
    "monday_mutations_per_call": (20, 1, 20),
    "plan_most_days": (30, 1, 3650),
}
NUMBERS = {
    "reliability_prior_weight": (5, 0, 1000),
    "retry_base_seconds": (2, 0.1, 60),
    "retry_max_seconds": (300, 1, 86_400),
    "step_time_budget_seconds": (20, 1, 540),
    "wait_small_seconds": (2, 0, 30),
    "monday_settle_seconds": (10, 0, 3600),
}
FLAGS = {
    "automation_failure_to_manual": True,
    "use_integrated": False,
    "realtime_processing": False,
    "fast": False,
    "multithreading": True,
    "skip_existing": True,
    "pref_fetch": True,
    "fetch_vehicle_data": True,
}
RANGES: dict[str, tuple[Any, Any, Any]] = (
    {name: (default, 0, 1) for name, default in SHARES.items()} | WHOLE | NUMBERS
)


def test_these_are_all_the_settings_every_flow_has() -> None:
    assert set(Registry().names()) == {*RANGES, *FLAGS, "mode", "monday_plan", "monday_import"}


@pytest.mark.parametrize("name", RANGES)
def test_default_and_range(name: str) -> None:
    setting = REGISTRY[name]
    default, low, high = RANGES[name]
    assert setting.default == default
    assert setting.parse(low) == low
    assert setting.parse(high) == high
    step = 1 if name in WHOLE else 1e-9
    for beyond in (low - step, high + step):
        with pytest.raises(ValueError, match="out of range"):
            setting.parse(beyond)


@pytest.mark.parametrize("name", FLAGS)
def test_flags_default(name: str) -> None:
    assert REGISTRY[name].default is FLAGS[name]


def test_a_run_writes_unless_it_is_told_to_test() -> None:
    assert REGISTRY["mode"].default == "PRODUCTION"
    assert REGISTRY["mode"].parse(" test ") == "TEST"
    with pytest.raises(ValueError, match="TEST, PRODUCTION"):
        REGISTRY["mode"].parse("DRY")


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", " On ", 1, True])
def test_words_for_on(word: object) -> None:
    assert REGISTRY["fast"].parse(word) is True


@pytest.mark.parametrize("word", ["false", "0", "No", "off", 0, False])
def test_words_for_off(word: object) -> None:
    assert REGISTRY["fast"].parse(word) is False


@pytest.mark.parametrize("word", ["maybe", "", 2, None, 1.0, [], "tru"])
def test_anything_else_is_no_flag(word: object) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        REGISTRY["fast"].parse(word)


@pytest.mark.parametrize("written", [50, "50", " 50 ", 50.0, "50.0", "5e1"])
def test_whole_numbers_are_understood_however_written(written: object) -> None:
    value = REGISTRY["workers"].parse(written)
    assert (value, type(value)) == (50, int)


@pytest.mark.parametrize(
    "written", ["many", "50.5", True, None, [], "NaN", "Infinity", "1e400", float("nan"), ""]
)
def test_what_is_no_whole_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        REGISTRY["workers"].parse(written)


@pytest.mark.parametrize("written", ["nan", "inf", True, None, "1e999999999"])
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="not a number"):
        REGISTRY["priority_min"].parse(written)


def test_every_setting_says_what_it_means() -> None:
    for setting in REGISTRY:
        assert setting.doc.endswith("."), setting.name
        assert setting.allowed, setting.name


def test_no_setting_shares_its_name_in_the_environment_with_where_the_process_runs() -> None:
    assert not set(REGISTRY.names()) & set(Environment.model_fields)


def test_values_for_a_tenant_are_typed_before_they_are_stored() -> None:
    assert validated({"Workers": "8", "fast": "yes"}) == {"workers": 8, "fast": True}
    with pytest.raises(Usage, match="workers"):
        validated({"workers": 0})
