"""Stand-in or real service, by one setting a vendor."""

import pytest

from common.environment import Environment
from infra.local.stack.vendors import VENDORS, real_vendors

STAND_INS = {vendor.name: "http://127.0.0.1:20001" for vendor in VENDORS}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither variables nor a .env of whoever runs the tests."""
    for vendor in VENDORS:
        monkeypatch.delenv(vendor.variable, raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def test_left_alone_every_vendor_is_a_stand_in() -> None:
    assert real_vendors(Environment(), STAND_INS) == {}


def test_a_vendor_set_in_the_environment_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFLINE_DIGIKEY_URL", "https://api.digikey.com")
    assert real_vendors(Environment(), STAND_INS) == {"digikey": "https://api.digikey.com"}


def test_a_setting_that_names_the_stand_in_means_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFLINE_DIGIKEY_URL", "http://127.0.0.1:20001/")
    assert real_vendors(Environment(), STAND_INS) == {}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_vendor_has_a_setting_with_its_real_address(vendor: object) -> None:
    field = Environment.model_fields[vendor.setting]  # type: ignore[attr-defined]
    assert str(field.default).startswith("https://")
