"""Where Etsy is: the API and its token endpoint at one host, the consent page at another."""

from dataclasses import dataclass

from common.http.addresses import is_loopback, private_base

REAL = "https://api.etsy.com"
_CONSENT = "https://www.etsy.com/oauth/connect"


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
        base = private_base(base_url, setting="SHELFLINE_ETSY_URL", carries="tokens", reason="etsy_address")
        consent = f"{base}/oauth/connect" if is_loopback(base_url) else _CONSENT
        return cls(f"{base}/v3/application", f"{base}/v3/public/oauth/token", consent)
