"""Where Etsy is: the API and its token endpoint at one host, the consent page at another."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from common.errors import Misconfigured

REAL = "https://api.etsy.com"
_CONSENT = "https://www.etsy.com/oauth/connect"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Addresses:
    """The addresses that belong to one base address."""

    api: str
    """What the path of a call is put behind."""
    token: str
    consent: str

    @classmethod
    def of(cls, base_url: str) -> "Addresses":
        """Those of a base address without a path: Etsy's own, or the stand-in's, which has all at one place.

        Raises Misconfigured for an address over which our tokens would travel in plain text.
        """
        if not is_loopback(base_url) and urlsplit(base_url).scheme != "https":
            raise Misconfigured(
                "SHELFLINE_ETSY_URL must begin with https:// (http:// only on this machine): else our tokens "
                "would travel in plain text.",
                reason="etsy_address",
            )
        base = base_url.rstrip("/")
        consent = f"{base}/oauth/connect" if is_loopback(base_url) else _CONSENT
        return cls(f"{base}/v3/application", f"{base}/v3/public/oauth/token", consent)


def is_loopback(url: str) -> bool:
    """Whether an address is plain http on this machine."""
    address = urlsplit(url)
    return address.scheme == "http" and (address.hostname or "").lower() in _LOOPBACK
