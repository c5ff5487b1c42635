"""Where a vendor is, and whether what is secret may travel there."""

from urllib.parse import urlsplit

from common.errors import Misconfigured

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Host names of this machine."""


def is_loopback(url: str) -> bool:
    """Whether an address is plain http on this machine."""
    address = urlsplit(url)
    return address.scheme == "http" and (address.hostname or "").lower() in LOOPBACK


def private_base(base_url: str, *, setting: str, carries: str, reason: str) -> str:
    """The base address without a trailing slash; Misconfigured when what it carries would travel in plain text.

    setting: where the address is set, "SHELFLINE_ETSY_URL". carries: what must stay secret, "token".
    """
    if urlsplit(base_url).scheme != "https" and not is_loopback(base_url):
        raise Misconfigured(
            f"{setting} must begin with https:// (http:// only on this machine): else our {carries} "
            "would travel in plain text.",
            reason=reason,
        )
    return base_url.rstrip("/")
