"""What `doctor` finds out about monday.com."""

import pytest

from common.environment import Environment
from common.errors import Misconfigured
from common.services import Services
from functions.api.vendors import VENDOR_CHECKS
from infra.local.vendors.monday.application import Options
from tests.fakes.ledger import FakeLedger
from tests.fakes.secret_store import FakeSecretStore
from tests.integration.monday.conftest import StandIn


@pytest.fixture
def services(stand_in: StandIn) -> Services:
    made = Services(Environment(monday_url=stand_in.url))
    made.secrets = FakeSecretStore()
    made.quotas = FakeLedger()  # type: ignore[assignment]
    made.clock = stand_in.clock
    return made


def test_a_good_token_is_named_by_its_user(services: Services) -> None:
    services.secrets.put("monday", {"token": Options.token})
    detail, fix = VENDOR_CHECKS["monday"](services, "default")
    assert detail == "monday.com takes our token; its user is Local integration."
    assert fix == ""


def test_without_a_token_the_command_that_stores_one_is_named(services: Services) -> None:
    with pytest.raises(Misconfigured, match="shelfline connect monday"):
        VENDOR_CHECKS["monday"](services, "default")


def test_a_refused_token_is_a_finding(services: Services) -> None:
    services.secrets.put("monday", {"token": "another"})
    with pytest.raises(Misconfigured, match="token is valid"):
        VENDOR_CHECKS["monday"](services, "default")
