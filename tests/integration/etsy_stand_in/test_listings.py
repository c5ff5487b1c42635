"""Drafts: what is refused, what is kept, how lists are paged."""

import pytest

from infra.local.vendors.etsy.rules import when_made_values
from tests.support.etsy_account import SHOP, StandIn


def test_a_draft_comes_back_as_it_was_made(stand_in: StandIn) -> None:
    made = stand_in.create(tags="sun, flower power,mug", materials="paper", readiness_state_id="8201").json()
    assert made["state"] == "draft"
    assert made["tags"] == ["sun", "flower power", "mug"]
    assert made["price"] == {"amount": 400, "divisor": 100, "currency_code": "USD"}
    assert stand_in.call("GET", f"/listings/{made['listing_id']}").json() == made


def test_the_same_request_makes_a_second_draft(stand_in: StandIn) -> None:
    assert stand_in.draft() != stand_in.draft()
    assert len(stand_in.held()) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("title", "a" * 141),
        ("title", "two: colons: here"),
        ("title", "this & that & more"),
        ("title", "a star ★"),
        ("title", "a\ttab"),
        ("quantity", "0"),
        ("quantity", "many"),
        ("quantity", "1_000"),
        ("quantity", "9" * 25),
        ("price", "0"),
        ("price", "nan"),
        ("tags", ",".join(f"tag {number}" for number in range(14))),
        ("tags", "a" * 21),
        ("tags", "what?"),
        ("tags", ""),
        ("materials", "oak-wood"),
        ("who_made", "nobody"),
        ("when_made", "2020_2019"),
        ("taxonomy_id", "999999"),
        ("shipping_profile_id", None),
        ("shipping_profile_id", "1"),
        ("readiness_state_id", "1"),
        ("item_weight", "0"),
        ("image_ids", ""),
        ("sku", "no such field"),
    ],
)
def test_what_etsy_does_not_take_is_refused(stand_in: StandIn, field: str, value: str | None) -> None:
    assert stand_in.create(**{field: value}).status_code == 400
    assert stand_in.held() == []


def test_an_empty_list_is_answered_with_a_list_of_complaints(stand_in: StandIn) -> None:
    (complaint,) = stand_in.create(image_ids="").json()
    assert (complaint["path"], complaint["type"]) == ("/images", "array_too_short")


def test_a_download_needs_no_shipping_profile(stand_in: StandIn) -> None:
    assert stand_in.create(type="download", shipping_profile_id=None).status_code == 201


def test_a_list_that_is_sent_as_a_list_keeps_its_last_part(stand_in: StandIn) -> None:
    fields = [*{"title": "a", "description": "b", "price": "1", "quantity": "1"}.items()]
    fields += [*{"who_made": "i_did", "when_made": "made_to_order", "taxonomy_id": "1"}.items()]
    fields += [("shipping_profile_id", "8001"), ("tags", "one"), ("tags", "two")]
    assert stand_in.call("POST", f"/shops/{SHOP}/listings", data=fields).json()["tags"] == ["two"]


def test_the_eras_move_with_the_calendar(stand_in: StandIn) -> None:
    year = stand_in.clock.now().year
    assert stand_in.create(when_made=f"2020_{year}").status_code == 201
    stand_in.pass_time(366 * 86_400)
    assert stand_in.create(when_made=f"2020_{year}").status_code == 400
    assert stand_in.create(when_made=f"2020_{year + 1}").status_code == 201


def test_the_eras_of_the_years_that_are_known() -> None:
    assert {"2020_2025", "2006_2009", "before_2006", "2000_2005"} <= set(when_made_values(2025))
    assert {"2020_2026", "2007_2009", "before_2007", "2000_2006"} <= set(when_made_values(2026))


def test_drafts_are_paged_the_newest_first(stand_in: StandIn) -> None:
    numbers = [stand_in.draft(title=f"number {number}") for number in range(5)]
    seen: list[int] = []
    for offset in (0, 2, 4):
        query = {"state": "draft", "limit": "2", "offset": str(offset)}
        page = stand_in.call("GET", f"/shops/{SHOP}/listings", params=query).json()
        assert page["count"] == 5
        seen += [each["listing_id"] for each in page["results"]]
    assert seen == numbers[::-1]


@pytest.mark.parametrize("query", [{"limit": "101"}, {"limit": "0"}, {"offset": "-1"}, {"state": "gone"}])
def test_a_page_out_of_range_is_refused(stand_in: StandIn, query: dict[str, str]) -> None:
    assert stand_in.call("GET", f"/shops/{SHOP}/listings", params=query).status_code == 400


def test_associations_come_when_they_are_asked_for(stand_in: StandIn) -> None:
    number = stand_in.draft()
    stand_in.upload(number)
    query = {"listing_ids": f"{number},77", "includes": "Images,Inventory"}
    (found,) = stand_in.call("GET", "/listings/batch", params=query).json()["results"]
    assert [image["rank"] for image in found["images"]] == [1]
    assert found["inventory"] is None
    assert "images" not in stand_in.call("GET", f"/listings/{number}").json()


def test_a_draft_is_the_sellers_alone(stand_in: StandIn) -> None:
    number = stand_in.draft()
    stand_in.token = ""
    assert stand_in.call("GET", f"/listings/{number}").status_code == 404


def test_a_draft_is_changed_and_published_once_it_has_an_image(stand_in: StandIn) -> None:
    number = stand_in.draft()
    path = f"/shops/{SHOP}/listings/{number}"
    assert stand_in.call("PATCH", path, data={"title": "Another"}).json()["title"] == "Another"
    assert stand_in.call("PATCH", path, data={"state": "active"}).status_code == 400
    stand_in.upload(number)
    assert stand_in.call("PATCH", path, data={"state": "active"}).json()["state"] == "active"


def test_a_deleted_listing_is_gone(stand_in: StandIn) -> None:
    number = stand_in.draft()
    assert stand_in.call("DELETE", f"/listings/{number}").status_code == 204
    assert stand_in.call("DELETE", f"/listings/{number}").status_code == 404
    assert stand_in.held() == []


def test_the_inventory_is_replaced_as_a_whole(stand_in: StandIn) -> None:
    path = f"/listings/{stand_in.draft()}/inventory"
    assert stand_in.call("GET", path).status_code == 404
    offering = {"price": 5.5, "quantity": 3, "is_enabled": True, "readiness_state_id": 8201}
    for sku in ("A-1", "A-2"):
        products = [{"sku": sku, "property_values": [], "offerings": [offering]}]
        assert stand_in.call("PUT", path, json={"products": products}).status_code == 200
    (product,) = stand_in.call("GET", path).json()["products"]
    assert product["sku"] == "A-2"
    assert product["offerings"][0]["price"]["amount"] == 550
    assert stand_in.held()[0]["quantity"] == 3


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"products": []},
        {"products": [{"sku": "a"}]},
        {"products": [{"sku": "a", "offerings": []}]},
        {"products": [{"sku": "a", "offerings": [{"price": "5", "quantity": 1, "is_enabled": True}]}]},
    ],
)
def test_an_inventory_out_of_form_is_refused(stand_in: StandIn, document: object) -> None:
    assert stand_in.call("PUT", f"/listings/{stand_in.draft()}/inventory", json=document).status_code == 400


@pytest.mark.parametrize(
    ("path", "field", "count"),
    [
        (f"/shops/{SHOP}/sections", "shop_section_id", 2),
        (f"/shops/{SHOP}/shipping-profiles", "shipping_profile_id", 2),
        (f"/shops/{SHOP}/policies/return", "return_policy_id", 2),
        (f"/shops/{SHOP}/readiness-state-definitions", "readiness_state_id", 2),
        ("/seller-taxonomy/nodes", "id", 2),
    ],
)
def test_the_shop_says_what_a_listing_may_name(stand_in: StandIn, path: str, field: str, count: int) -> None:
    results = stand_in.call("GET", path).json()["results"]
    assert len({each[field] for each in results}) == count


def test_a_number_that_nothing_can_have_is_not_there(stand_in: StandIn) -> None:
    assert stand_in.call("GET", f"/listings/{10**25}").status_code == 404


def test_another_shop_is_not_there(stand_in: StandIn) -> None:
    assert stand_in.call("GET", "/shops/1/sections").status_code == 404
