"""Whose consent it is: the cheapest call that proves key and token."""

import json
from dataclasses import dataclass

from common.errors import Misconfigured, Unavailable
from common.etsy.account import NEXT_STEP, Account
from common.etsy.addresses import Addresses
from common.etsy.transport import Transport


@dataclass(frozen=True)
class Seller:
    """The user of an account, and that user's shop."""

    user_id: int
    shop_id: int


def seller_of(account: Account, addresses: Addresses, transport: Transport) -> Seller:
    """Ask Etsy (getMe).

    Raises Misconfigured when key or token is refused, or the seller has no shop; Unavailable when nothing is known.
    """
    reply = transport.send("GET", f"{addresses.api}/users/me", account.headers())
    if reply.status in (401, 403):
        raise Misconfigured(
            f"Etsy does not take the key or the token (HTTP {reply.status}): check keystring and shared secret. "
            f"{NEXT_STEP}",
            reason="etsy_credentials",
        )
    try:
        said = json.loads(reply.body)
        seller = Seller(int(said["user_id"]), int(said.get("shop_id") or 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable(
            f"Etsy did not say whose token it is (HTTP {reply.status})", reason="etsy_malformed"
        ) from None
    if not seller.shop_id:
        raise Misconfigured(
            f"The user {seller.user_id} who consented has no shop at Etsy; let the shop's owner consent.",
            reason="etsy_no_shop",
        )
    return seller
