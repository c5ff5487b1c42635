"""A unique design becomes one draft, as its template and its name say, with its own mockups in their order."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.integration.designs_push.drafts import (
    HOLES,
    MOCKUPS,
    PICTURES,
    DraftsPipeline,
    all_pushed,
    holds_exactly,
    shop,
    template,
)
from tests.support.designs import png, resized

SAMPLES = Path(__file__).parents[3] / "infra/local/samples"


def test_each_unique_design_is_one_draft_with_its_mockups_in_order_and_its_sku(flow: DraftsPipeline) -> None:
    run = flow.process({"Wild Cactus best.png": png(1), "b.png": png(2), "a copy.png": png(1)})
    assert flow.outcomes(run) == {
        "Wild Cactus best.png": "pushed",
        "b.png": "pushed",
        "a copy.png": "duplicate",
    }
    assert holds_exactly(flow, "Wild Cactus best.png", "b.png")
    first, second = flow.held()
    assert first["state"] == second["state"] == "draft"
    assert first["title"] == "Wild Cactus Cup Wrap Transfer"
    assert second["title"] == "b Cup Wrap Transfer"
    assert flow.writes() == 2 * (1 + len(MOCKUPS) + 1)


def test_the_fields_of_the_draft_are_those_of_its_template_with_our_mark(flow: DraftsPipeline) -> None:
    flow.process({"a.png": png(1)})
    [listing] = flow.held()
    assert listing["description"].startswith("A wrap for cups.\n\nRef. ")
    assert listing["tags"] == ["cup wrap", "uv dtf"]
    assert listing["taxonomy_id"] == 1063
    assert (listing["shipping_profile_id"], listing["return_policy_id"]) == (8001, 8101)
    assert listing["price"] == {"amount": 400, "divisor": 100, "currency_code": "USD"}
    assert (listing["quantity"], listing["who_made"], listing["when_made"]) == (100, "i_did", "made_to_order")
    [product] = listing["inventory"]["products"]
    assert product["sku"] == "UV 100 UVDTF Cup_100"


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_each_mockup_shows_the_design_in_its_own_mask_under_the_watermark(
    flow: DraftsPipeline, strength: float
) -> None:
    flow.process({"a.png": png(1)}, settings={"mockup_watermark_opacity": strength})
    rows = flow.sql("select name from design_objects where kind = 'mockup' order by position")
    assert len(rows) == len(MOCKUPS)
    for (name,), file in zip(rows, MOCKUPS, strict=True):
        shown = Image.open(io.BytesIO(flow.bucket.contents[name])).convert("RGB")
        base = Image.open(io.BytesIO(PICTURES[file])).convert("RGB")
        changed = differences(base, shown)
        if strength == 0:
            assert changed == pytest.approx(HOLES[file], abs=4)
        else:
            assert shown.getpixel((60, 60)) == pytest.approx((254, 0, 0), abs=6)


def differences(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int]:
    """The box in which two pictures differ by more than a JPEG's noise."""
    found = ImageChops.difference(one, other).convert("L").point([0] * 24 + [255] * 232).getbbox()
    assert found is not None
    return found


def test_the_sample_shop_lists_a_design_as_its_file_says(without_shop: DraftsPipeline) -> None:
    folder = SAMPLES
    text = (folder / "shop.yaml").read_text()
    names = ("shop/tumbler.jpg", "shop/two_cups.jpg", "shop/watermark.png")
    without_shop.open_shop(text, {name: (folder / name).read_bytes() for name in names})
    run = without_shop.process({"Howdy Y'all rodeo.png": png(4)}, product_template="UVDTF 16oz")
    assert all_pushed(without_shop, run)
    assert holds_exactly(without_shop, "Howdy Y'all rodeo.png")
    [listing] = without_shop.held()
    assert listing["title"] == "Howdy Y'all UV DTF Cup Wrap, 16 oz Libbey Glass Transfer"
    said: dict[str, Any] = {
        "taxonomy_id": 1063, "shop_section_id": 7001, "readiness_state_id": 8201, "listing_type": "physical", "item_weight": 2.5,
        "item_weight_unit": "oz", "item_length": 11, "item_width": 9.5, "item_height": 1, "item_dimensions_unit": "in",
        "is_taxable": True, "materials": ["UV ink", "transfer film"],
    }  # fmt: skip
    assert {name: listing[name] for name in said} == said
    assert len(listing["tags"]) == 6


def test_files_and_goods_of_one_upload_are_each_titled_in_their_own_way(flow: DraftsPipeline) -> None:
    digital = template("Digital", type="download", dpi=300)
    flow.open_shop(shop(template(), digital))
    flow.upload({"wild_cactus_and_more.png": png(1)}, product_template="Digital")
    flow.upload({"wild_cactus_and_more.png": png(2)}, product_template="UVDTF Cup", is_digital=True)
    flow.upload({"wild_cactus_and_more.png": png(3)}, product_template="UVDTF Cup")
    run = flow.run_all()
    assert all_pushed(flow, run)
    assert sorted(each["title"] for each in flow.held()) == [
        "wild cactus Cup Wrap Transfer",
        "wild cactus and more",
        "wild cactus and more",
    ]
    assert sorted(row.stored_name for row in flow.designs()) == [
        "Digital 100.png", "Digital 100.png", "UV 101 UVDTF Cup_101.png",
    ]  # fmt: skip
    assert sorted(each["listing_type"] for each in flow.held()) == ["download", "physical", "physical"]


def test_a_near_copy_is_listed_once_a_person_calls_it_another_design(flow: DraftsPipeline) -> None:
    run = flow.process({"a.png": png(1), "small.png": resized(1)})
    assert holds_exactly(flow, "a.png")
    flow.review(run, approve=True)
    assert holds_exactly(flow, "a.png", "small.png")


def test_a_trial_says_what_it_would_push_and_writes_nothing(flow: DraftsPipeline) -> None:
    before = sorted(flow.bucket.contents)
    calls = flow.etsy.calls()
    run = flow.process({"a.png": png(1), "b.png": png(2)}, settings={"mode": "TEST"})
    assert flow.outcomes(run) == {"a.png": "would_push", "b.png": "would_push"}
    assert sorted(name for name in flow.bucket.contents if "uploads" not in name) == before
    assert flow.etsy.calls() == calls
    for table in ("effects", "sends", "remote_objects", "listings", "design_numbers", "quotas"):
        assert flow.one(f"select count(*) from {table}") == 0, table
    assert flow.designs() == []


def test_the_second_run_lists_nothing(flow: DraftsPipeline) -> None:
    flow.process({"a.png": png(1)})
    writes = flow.writes()
    run = flow.process({"a.png": png(1), "again.png": png(1, level=9)})
    assert set(flow.outcomes(run).values()) == {"duplicate"}
    assert flow.writes() == writes
