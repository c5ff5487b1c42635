"""Nothing secret travels in plain text, but on this machine."""

import pytest

from common.errors import Misconfigured
from common.http.addresses import is_loopback, private_base


def checked(url: str) -> str:
    return private_base(url, setting="SHELFLINE_PARCELS_URL", carries="key", reason="parcels_address")


@pytest.mark.parametrize(
    "url",
    ["http://api.parcels.example", "ftp://127.0.0.1", "http://127.0.0.1.evil.example", "api.parcels.example"],
)
def test_an_address_in_plain_text_is_refused_with_the_setting_to_change(url: str) -> None:
    with pytest.raises(
        Misconfigured, match=r"SHELFLINE_PARCELS_URL must begin with https://.* our key"
    ) as raised:
        checked(url)
    assert raised.value.reason == "parcels_address"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.parcels.example/", "https://api.parcels.example"),
        ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
        ("http://LOCALHOST:1/", "http://LOCALHOST:1"),
        ("http://[::1]:8099/", "http://[::1]:8099"),
    ],
)
def test_what_is_encrypted_or_stays_on_this_machine_may_be_spoken_to(url: str, base: str) -> None:
    assert checked(url) == base


def test_an_encrypted_address_of_this_machine_is_no_plain_one() -> None:
    assert not is_loopback("https://localhost")
