"""Drafts with images and products, made and read by the client."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.errors import Conflict, NotFound, Refuse
from common.etsy.seller import Seller
from functions.push.etsy.listing import NewImage, Product
from functions.push.etsy.marks import has_mark, mark_of, with_mark, without_mark
from infra.local.vendors.etsy.application import Options
from tests.integration.etsy.conftest import Desk, new_listing
from tests.support.etsy_account import SHOP, picture

MARK = mark_of("default", "design-1", "1")


def test_a_draft_is_made_with_everything_it_has(desk: Desk) -> None:
    made = desk.client().create_draft(
        new_listing(
            tags=("sun flower", "mug"),
            materials=("paper",),
            readiness_state_id=8201,
            item_weight=Decimal("2.5"),
            item_weight_unit="oz",
            item_length=Decimal(0),
            is_taxable=True,
        )
    )
    (held,) = desk.stand_in.held()
    assert (made.id, made.state, made.tags) == (held["listing_id"], "draft", ("sun flower", "mug"))
    assert (held["item_weight"], held["item_length"], held["readiness_state_id"]) == (2.5, None, 8201)
    assert held["price"]["amount"] == 400


def test_images_stand_by_their_ranks_and_are_read_back(desk: Desk) -> None:
    client = desk.client()
    number = client.create_draft(new_listing()).id
    ids = [
        client.upload_image(number, NewImage(picture(red), f"{red}.png", rank, f"image {rank}")).id
        for rank, red in enumerate((10, 100, 200), 1)
    ]
    assert [image.id for image in client.images(number)] == ids
    client.delete_image(number, ids[0])
    desk.stand_in.pass_time(3)
    left = client.images(number)
    assert [(image.rank, image.width, image.alt_text) for image in left] == [
        (1, 40, "image 2"),
        (2, 40, "image 3"),
    ]


def test_the_rank_of_an_image_reaches_etsy(desk: Desk) -> None:
    client = desk.client()
    number = client.create_draft(new_listing()).id
    first = client.upload_image(number, NewImage(picture(1), "a.png", 1))
    other = client.upload_image(number, NewImage(picture(2), "b.png", 1, overwrite=True))
    assert [image.id for image in client.images(number)] == [other.id]
    assert first.id != other.id


@pytest.mark.parametrize("kind", ["gap", "rank_conflict"])
def test_images_that_are_not_as_we_think_are_a_conflict(desk: Desk, kind: str) -> None:
    client = desk.client()
    number = client.create_draft(new_listing()).id
    if kind == "rank_conflict":
        desk.stand_in.plant("etsy.uploadListingImage", kind)
    with pytest.raises(Conflict):
        client.upload_image(number, NewImage(picture(), "a.png", 3 if kind == "gap" else 1))


def test_a_sku_comes_with_the_inventory_and_finds_its_draft(desk: Desk) -> None:
    client = desk.client()
    number = client.create_draft(new_listing()).id
    client.create_draft(new_listing())
    assert client.inventory(number) is None
    product = Product("UV-100", Decimal("4.50"), 7, 8201)
    assert client.put_inventory(number, [product]) == (product,)
    assert client.inventory(number) == (product,)
    assert [draft.id for draft in client.find_by_sku("UV-100")] == [number]


def test_a_draft_is_found_by_its_mark_until_that_is_taken_away(desk: Desk) -> None:
    client, since = desk.client(), desk.stand_in.clock.now()
    made = client.create_draft(new_listing(description=with_mark("A wrap.", MARK)))
    client.create_draft(new_listing(description=with_mark("A wrap.", mark_of("another"))))
    assert [draft.id for draft in client.find_by_mark(MARK, since)] == [made.id]
    assert client.find_by_mark(MARK, since + timedelta(minutes=10)) == []
    client.upload_image(made.id, NewImage(picture(), "a.png", 1))
    client.update(made.id, {"state": "active"})
    assert client.find_by_mark(MARK, since) == []
    assert [each.id for each in client.find_by_mark(MARK, since, "active")] == [made.id]
    changed = client.update(made.id, {"description": without_mark(made.description), "tags": ("a", "b")})
    assert (changed.description, changed.tags) == ("A wrap.", ("a", "b"))
    assert not has_mark(changed.description, MARK)
    assert client.find_by_mark(MARK, since, "active") == []


def test_all_pages_of_drafts_are_read(desk: Desk) -> None:
    client = desk.client()
    desk.stand_in.token = desk.account().access_token
    client.drafts()
    desk.stand_in.token = desk.account().access_token
    numbers = [desk.stand_in.draft(title=f"number {number}") for number in range(203)]
    before = desk.stand_in.calls()["getListingsByShop"]
    assert sorted(draft.id for draft in client.drafts()) == numbers
    assert desk.stand_in.calls()["getListingsByShop"] - before == 3


def test_listings_are_read_by_their_numbers(desk: Desk) -> None:
    client = desk.client()
    ids = [client.create_draft(new_listing()).id for _ in range(3)]
    assert set(client.listings([*ids, 7])) == set(ids)
    assert client.listing(ids[0]) is not None
    assert client.listing(7) is None


def test_a_deleted_draft_is_gone_and_deleting_it_again_does_no_harm(desk: Desk) -> None:
    client = desk.client()
    number = client.create_draft(new_listing()).id
    assert [client.delete(number), client.delete(number)] == [True, False]
    assert client.drafts() == []


def test_what_etsy_refuses_is_refused_with_its_words(desk: Desk) -> None:
    with pytest.raises(Refuse, match="taxonomy_id"):
        desk.client().create_draft(new_listing(taxonomy_id=999_999))


def test_an_image_for_a_listing_that_is_gone(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.client().upload_image(7, NewImage(picture(), "a.png", 1))


def test_the_consent_names_its_seller(desk: Desk) -> None:
    assert desk.client().identity() == Seller(1001, SHOP)


def test_the_shop_says_what_may_be_chosen(desk: Desk) -> None:
    client = desk.client()
    assert [choice.title for choice in client.sections()] == ["Mugs", "Stickers"]
    assert client.shipping_profiles()[0].id == 8001
    assert client.return_policies()[0].title == "30"
    assert client.processing_profiles()[0].title == "made_to_order 1-3 days"
    assert "Home & Living > Kitchen & Dining > Tumblers" in [kind.title for kind in client.taxonomy()]


def test_secrets_are_in_no_address_and_in_no_error(desk: Desk) -> None:
    client = desk.client()
    desk.stand_in.plant("etsy.createDraftListing", "status", status=403)
    with pytest.raises(Exception, match="connect etsy") as raised:
        client.create_draft(new_listing())
    account = desk.account()
    said = f"{raised.value!r} {account!r}"
    for secret in (Options.shared_secret, account.access_token, account.refresh_token):
        assert secret not in said
