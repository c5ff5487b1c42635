"""What doctor asks Etsy."""

import pytest

from common.environment import Environment
from common.errors import Misconfigured
from common.services import Services
from functions.push.etsy.check import check_etsy
from tests.integration.etsy.conftest import Desk


def services(desk: Desk, database_url: str) -> Services:
    made = Services(Environment(database_url=database_url, etsy_url=desk.stand_in.url))
    made.secrets = desk.secrets  # type: ignore[misc]  # a port with a file behind it
    return made


def test_it_says_whose_shop_it_is(desk: Desk, database_url: str) -> None:
    asked = services(desk, database_url)
    said, wrong = check_etsy(asked, "default")
    asked.database.close()
    assert "the shop is 5001" in said
    assert wrong == ""


def test_without_a_consent_it_says_what_to_do(desk: Desk, database_url: str) -> None:
    asked = services(desk, database_url)
    desk.secrets.put("etsy", {})
    with pytest.raises(Misconfigured, match="connect etsy"):
        check_etsy(asked, "default")
    asked.database.close()
