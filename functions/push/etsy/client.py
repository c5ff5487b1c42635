"""The client of Etsy's API, used against the real service and its local stand-in alike.

Every call takes its place in the account's budget first, holds no database transaction while it waits, and leaves as data
or as one of common.errors:
    WaitUntil      a limit is used up, ours or Etsy's, or the tokens are being renewed; nothing was done
    Misconfigured  key, consent, rights or address
    Refuse         Etsy refuses the request for what it says
    NotFound       the listing or image is not there, or not for us
    Conflict       Etsy holds something else than we think: look again, then decide; nothing was done
    Unavailable    nothing is known; a write may have been done. NoAnswer.perhaps_done is False where it never left
Etsy has no idempotency key: after Unavailable a creation is looked up (`find_by_mark`) before it is repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

import requests

from common.database.engine import assert_no_transaction
from common.errors import NotFound
from common.etsy.account import Account
from common.etsy.addresses import Addresses
from common.etsy.seller import Seller
from common.etsy.token_endpoint import TokenEndpoint
from common.etsy.transport import Transport
from common.http.exchange import NoAnswer, Reply
from common.quotas import Ledger
from common.secrets.store import SecretStore
from functions.push.etsy import answers, calls, drafts
from functions.push.etsy.answers import Choice, HeldImage, HeldListing
from functions.push.etsy.budget import Budget
from functions.push.etsy.calls import Call
from functions.push.etsy.failures import failure
from functions.push.etsy.limits import Limits, usage
from functions.push.etsy.listing import NewImage, NewListing, Product
from functions.push.etsy.refresh_lock import RefreshLock
from functions.push.etsy.tokens import TokenKeeper


class Etsy:
    """One seller's shop. Safe to share between threads as far as the session is."""

    def __init__(
        self,
        base_url: str,
        secrets: SecretStore,
        session: requests.Session,
        *,
        ledger: Ledger,
        tenant: str,
        now: Callable[[], datetime],
        secret_name: str = "etsy",  # noqa: S107  # the name of one
        limits: Limits | None = None,
        before_call: Callable[[], None] = assert_no_transaction,
    ) -> None:
        """Open nothing yet; raise Misconfigured for a plain-text address.

        base_url: "https://api.etsy.com" or the stand-in's address, without a path.
        ledger: `common.quotas.Quotas`. now: business time (aware), which waits are counted from.
        """
        addresses = Addresses.of(base_url)
        self._api = addresses.api
        self._transport = Transport(session, before_call=before_call)
        lock = RefreshLock(ledger, secret_name)
        endpoint = TokenEndpoint(addresses, self._transport)
        self._tokens = TokenKeeper(secrets, endpoint, lock, now=now, name=secret_name)
        self._budget = Budget(ledger, tenant, limits or Limits())
        self._now = now

    def identity(self) -> Seller:
        """Whose consent it is: the cheapest proof that address, key and tokens are right."""
        return answers.seller_in(self._exchange(calls.identity()))

    def create_draft(self, listing: NewListing) -> HeldListing:
        """Make a draft; its description should end with a mark of ours, see `marks`."""
        return answers.listing_in(self._in_shop(lambda shop: calls.create_draft(shop, listing)))

    def update(self, listing_id: int, changes: Mapping[str, object]) -> HeldListing:
        """Change fields of a listing, by Etsy's names; a list is given as a sequence."""
        return answers.listing_in(self._in_shop(lambda shop: calls.update(shop, listing_id, changes)))

    def delete(self, listing_id: int) -> bool:
        """Delete a listing; False when it is not there any more."""
        return self._exchange_or_none(calls.delete(listing_id)) is not None

    def listing(self, listing_id: int) -> HeldListing | None:
        """A listing with its images and products; None when it is not there, or not for us."""
        reply = self._exchange_or_none(calls.listing(listing_id))
        return None if reply is None else answers.listing_in(reply)

    def listings(self, ids: Sequence[int]) -> dict[int, HeldListing]:
        """Those of these listings that are there, with images and products; one call for 100."""
        found: dict[int, HeldListing] = {}
        asked = list(dict.fromkeys(ids))
        for start in range(0, len(asked), calls.LARGEST_PAGE):
            reply = self._exchange(calls.listings(asked[start : start + calls.LARGEST_PAGE]))
            found |= {each.id: each for each in answers.page_in(reply).listings}
        return found

    def drafts(self) -> list[HeldListing]:
        """Every draft of the shop with its images and products; see `in_state`."""
        return self.in_state("draft")

    def in_state(self, state: str) -> list[HeldListing]:
        """Every listing in a state (draft, active, inactive, sold_out, expired), from all pages; see `drafts.all_of`."""
        return drafts.all_of(lambda offset: self._page(state, offset))

    def find_by_mark(self, mark: str, since: datetime, state: str = "draft") -> list[HeldListing]:
        """The listings made since a time (ours, less some clock drift) that bear this mark; see `drafts.marked`.

        A draft that somebody has published meanwhile is found among the active ones.
        """
        return drafts.marked(self.in_state(state), mark, since)

    def find_by_sku(self, sku: str) -> list[HeldListing]:
        """The drafts that sell this sku."""
        return [draft for draft in self.drafts() if sku in draft.skus]

    def upload_image(self, listing_id: int, image: NewImage) -> HeldImage:
        """Add an image. One at a time and in the order of their ranks: Etsy refuses or misplaces any other."""
        reply = self._in_shop(lambda shop: calls.upload_image(shop, listing_id, image))
        return answers.image_in(reply)

    def images(self, listing_id: int) -> tuple[HeldImage, ...]:
        """The images of a listing by rank."""
        return answers.images_in(self._exchange(calls.images(listing_id)))

    def delete_image(self, listing_id: int, image_id: int) -> None:
        """Take an image off its listing; those behind it move up."""
        self._in_shop(lambda shop: calls.delete_image(shop, listing_id, image_id))

    def inventory(self, listing_id: int) -> tuple[Product, ...] | None:
        """The products of a listing; None when nobody has edited them yet, or there is no such listing."""
        reply = self._exchange_or_none(calls.inventory(listing_id))
        return None if reply is None else answers.products_in(reply)

    def put_inventory(self, listing_id: int, products: Sequence[Product]) -> tuple[Product, ...]:
        """Replace the products of a listing: the way in which a sku comes to a listing."""
        return answers.products_in(self._exchange(calls.put_inventory(listing_id, products)))

    def sections(self) -> tuple[Choice, ...]:
        """The sections of the shop."""
        return answers.choices_in(self._in_shop(calls.sections), "shop_section_id", "title")

    def shipping_profiles(self) -> tuple[Choice, ...]:
        """What `shipping_profile_id` may be."""
        return answers.choices_in(self._in_shop(calls.shipping_profiles), "shipping_profile_id", "title")

    def return_policies(self) -> tuple[Choice, ...]:
        """What `return_policy_id` may be; a policy is titled by its days."""
        return answers.choices_in(self._in_shop(calls.return_policies), "return_policy_id", "return_deadline")

    def processing_profiles(self) -> tuple[Choice, ...]:
        """What `readiness_state_id` may be."""
        words = ("readiness_state", "processing_days_display_label")
        return answers.choices_in(self._in_shop(calls.processing_profiles), "readiness_state_id", *words)

    def taxonomy(self) -> tuple[Choice, ...]:
        """What `taxonomy_id` may be."""
        return answers.kinds_in(self._exchange(calls.taxonomy()))

    def _page(self, state: str, offset: int) -> answers.Page:
        return answers.page_in(self._in_shop(lambda shop: calls.page(shop, state, offset)))

    def _in_shop(self, make: Callable[[int], Call]) -> Reply:
        return self._exchange(make(self._tokens.current().shop_id))

    def _exchange_or_none(self, call: Call) -> Reply | None:
        try:
            return self._exchange(call)
        except NotFound:
            return None

    def _exchange(self, call: Call) -> Reply:
        """The successful answer to a call. A token that is refused is renewed once: nothing was done with it."""
        account = self._tokens.current()
        reply, at = self._send(call, account)
        if reply.status == 401:
            reply, at = self._send(call, self._tokens.after_refusal(account))
        if not 200 <= reply.status < 300:
            raise failure(reply, at)
        return reply

    def _send(self, call: Call, account: Account) -> tuple[Reply, datetime]:
        """The answer, and when it came."""
        query = f"?{urlencode(call.query)}" if call.query else ""
        headers = {**account.headers(), **call.headers()}
        grant = self._budget.reserve()
        try:
            reply = self._transport.send(
                call.method, f"{self._api}{call.path}{query}", headers, call.body(), call.upload
            )
        except NoAnswer as error:
            if not error.perhaps_done:
                self._budget.unsent(grant)
            raise
        except Exception:
            self._budget.unsent(grant)
            raise
        said, at = usage(reply.headers), self._now()
        if reply.status == 429:
            self._budget.close(said, at)
        else:
            self._budget.settle(said, at)
        return reply, at
