"""Shops in Postgres."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.database.engine import Database, DataRefused
from common.errors import Conflict, NotFound
from common.shops import numbers
from common.shops.checking import check
from common.shops.shop import Shop
from common.shops.store import LoadedVersion, Shops, StoredTemplate
from functions.push.etsy.listing import NewListing, draft_form
from infra.local.samples import make_shop
from tests.support.etsy_account import SHOP, StandIn
from tests.unit.shops.files import SOUND, shop_of

OTHER = SOUND.replace("price: 4.00", "price: 5.25")


def load(database: Database, text: str = SOUND, tenant: str = "default") -> tuple[Shop, LoadedVersion, bool]:
    with database.transaction(tenant=tenant) as connection:
        shop = shop_of(text)
        return Shops(connection).load(tenant, shop, content=text.encode(), file="shop.yaml", by="ada")


def wrap(database: Database, tenant: str = "default", name: str = "UVDTF 16oz") -> StoredTemplate:
    with database.transaction(tenant=tenant) as connection:
        return Shops(connection).template(tenant, "Sample shop", name)


def test_a_shop_comes_back_as_it_was_loaded(database: Database) -> None:
    shop, version, changed = load(database)
    assert (shop, changed) == (shop_of(SOUND), True)
    assert (version.version, version.file, version.loaded_by) == (1, "shop.yaml", "ada")
    found = wrap(database)
    assert found.template == shop_of(SOUND).templates[0]
    assert (found.shop.name, found.shop.etsy_shop_id) == ("Sample shop", 5001)
    assert found.template.id > 0


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    first = load(database)
    again = load(database)
    assert again == (first[0], first[1], False)
    assert [each.id for each in again[0].templates] == [each.id for each in first[0].templates]


def test_another_file_is_the_next_version_of_the_same_rows(database: Database) -> None:
    before, _, _ = load(database)
    after, version, changed = load(database, OTHER)
    assert (version.version, changed) == (2, True)
    assert str(wrap(database).template.price) == "5.25"
    assert [each.id for each in after.templates] == [each.id for each in before.templates]
    assert load(database)[1].version == 3


def test_what_a_file_names_no_more_is_sold_no_more_and_comes_back_as_the_same_row(database: Database) -> None:
    before, _, _ = load(database)
    without = SOUND[: SOUND.index("  - name: Digital")].replace("{name: Adult, ", "{name: Youth, ")
    load(database, without)
    with pytest.raises(NotFound, match="sells no 'Digital'"):
        wrap(database, name="Digital")
    assert [size.name for size in wrap(database).template.canvases[0].sizes] == ["Youth"]
    load(database)
    assert wrap(database, name="Digital").template.id == before.templates[1].id
    assert [size.name for size in wrap(database).template.canvases[0].sizes] == ["Adult"]


def test_a_file_brings_back_what_was_changed_otherwise(database: Database) -> None:
    shop, _, _ = load(database)
    with database.transaction(tenant="default") as connection:
        connection.exec_driver_sql("update product_templates set price = 9")
        Shops(connection).changed("default", shop.id)
    assert load(database)[2]
    assert str(wrap(database).template.price) == "4.00"


def test_parts_are_chosen_by_name_or_id_or_are_the_first(database: Database) -> None:
    load(database)
    found = wrap(database)
    canvas = found.canvas()
    assert canvas is not None
    assert canvas == found.canvas("UVDTF Decal") == found.canvas(canvas.id)
    assert found.size(canvas) == found.size(canvas, "Adult")
    assert found.mockup() == found.mockup("Kitchen")
    with pytest.raises(NotFound, match="has no canvas 'Mug'; it has UVDTF Decal"):
        found.canvas("Mug")
    digital = wrap(database, name="Digital")
    assert (digital.canvas(), digital.size(None), digital.mockup()) == (None, None, None)


def test_a_shop_or_template_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(NotFound, match="no shop 'Sample shop'"):
        wrap(database)


def test_two_shops_cannot_have_one_account(database: Database) -> None:
    load(database)
    with pytest.raises(Conflict, match="The shop Sample shop has Etsy's shop 5001 already"):
        load(database, SOUND.replace("shop: Sample shop", "shop: Second shop"))


def test_tenants_have_shops_of_their_own(database: Database) -> None:
    load(database)
    load(database, OTHER, "other")
    assert str(wrap(database).template.price) == "4.00"
    assert str(wrap(database, "other").template.price) == "5.25"
    with database.transaction(tenant="other") as connection:
        assert Shops(connection).all("default") == []


def test_a_row_under_another_tenants_shop_is_refused(database: Database) -> None:
    shop, _, _ = load(database)
    statement = f"insert into mockups (tenant_id, template_id, name, starting_name) values ('other', {shop.templates[0].id}, 'M', 1)"
    with pytest.raises(DataRefused, match="foreign key"), database.transaction() as connection:
        connection.exec_driver_sql(statement)


def test_files_loaded_at_once_are_versions_one_after_the_other(database: Database) -> None:
    texts = [SOUND.replace("4.00", f"{number}.00") for number in range(1, 5)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda text: load(database, text)[1].version, texts))
    assert sorted(made) == [1, 2, 3, 4]


def test_numbers_begin_where_the_mock_up_says_and_are_never_given_twice(database: Database) -> None:
    shop = load(database)[0].id

    def taken(count: int) -> range:
        first = numbers.take(database, "default", shop, "UVDTF 16oz", count=count, starting=250)
        return range(first, first + count)

    with ThreadPoolExecutor(4) as threads:
        given = [number for some in threads.map(taken, [1, 2, 3] * 20) for number in some]
    assert sorted(given) == list(range(250, 250 + 120))


def test_numbers_of_two_templates_and_of_two_tenants_are_their_own(database: Database) -> None:
    shop, other = load(database)[0].id, load(database, tenant="other")[0].id
    assert numbers.take(database, "default", shop, "UVDTF 16oz") == 100
    assert numbers.take(database, "default", shop, "Digital") == 100
    assert numbers.take(database, "other", other, "Digital") == 100
    with pytest.raises(DataRefused, match="foreign key"):
        numbers.take(database, "default", other, "Digital")


def test_numbers_jump_forward_to_a_new_beginning_and_never_back(database: Database) -> None:
    shop = load(database)[0].id
    taken = [
        numbers.take(database, "default", shop, "Digital", starting=each) for each in (100, 500, 100, 400)
    ]
    assert taken == [100, 500, 501, 502]


def test_numbers_go_on_when_a_template_comes_back(database: Database) -> None:
    shop = load(database)[0].id
    assert numbers.take(database, "default", shop, "Digital") == 100
    load(database, SOUND[: SOUND.index("  - name: Digital")])
    load(database)
    assert numbers.take(database, "default", shop, "Digital") == 101


def test_a_draft_of_the_sample_is_taken_by_the_stand_in(database: Database, stand_in: StandIn) -> None:
    content = Path(make_shop.FOLDER.parent / "shop.yaml").read_bytes()
    shop = check(content).shop
    assert shop is not None
    with database.transaction(tenant="default") as connection:
        Shops(connection).load("default", shop, content=content, file="shop.yaml", by="ada")
        stored = [Shops(connection).template("default", shop.name, each.name) for each in shop.templates]
    for each in stored:
        listing = NewListing(title=f"Rose {each.template.template_title}", **each.template.listing_fields())
        fields = dict(draft_form(listing))
        made = stand_in.call("POST", f"/shops/{SHOP}/listings", data=fields)
        assert made.status_code == 201, made.text
        assert made.json()["listing_type"] == each.template.type
