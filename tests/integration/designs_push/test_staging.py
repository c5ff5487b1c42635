"""What is staged: numbers and names that nobody else has, files that are not overwritten, and questions about what is not there."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from tests.integration.designs_push.drafts import (
    HOLES,
    PICTURES,
    DraftsPipeline,
    all_pushed,
    holds_exactly,
    plain,
    shop,
    template,
)
from tests.support.deaths import PLACES, Place
from tests.support.designs import png

FILES = {f"{number}.png": png(number) for number in range(4)}
STORED = "select name from design_objects order by name"


def numbers(flow: DraftsPipeline) -> list[int]:
    """The numbers of all designs, in order."""
    return sorted(row.number for row in flow.designs())


def opaque(size: tuple[int, int]) -> bytes:
    """A picture of a size, with something to see."""
    content = io.BytesIO()
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    image.save(content, "PNG")
    return content.getvalue()


def test_designs_that_are_staged_at_once_never_get_one_number_or_name(flow: DraftsPipeline) -> None:
    files = {f"{number}.png": png(number) for number in range(8)}
    sessions = [flow.upload({name: content}) for name, content in files.items()]
    runs = [flow.start("designs", session=str(session)) for session in sessions]
    with ThreadPoolExecutor(4) as pool:
        while tasks := [task for task in flow.tasks.waiting if not task.schedule_time]:
            flow.tasks.waiting = [task for task in flow.tasks.waiting if task not in tasks]
            list(pool.map(flow.deliver, tasks))
    flow.drive()
    assert all(all_pushed(flow, run) for run in runs)
    assert numbers(flow) == list(range(100, 108))
    names = [row[0] for row in flow.sql(STORED)]
    assert len(set(names)) == len(names) == 8 * 3
    assert len({row.sku for row in flow.sql("select sku from listings")}) == 8


@pytest.mark.parametrize("place", [place for place in PLACES if place != "claimed"])
def test_a_retry_stores_under_the_same_names(flow: DraftsPipeline, place: Place) -> None:
    flow.deaths.plan("stage", place)
    run = flow.process(FILES)
    assert flow.crashes == 1
    assert all_pushed(flow, run)
    assert numbers(flow) == [100, 101, 102, 103]
    stored = {
        name for name in flow.bucket.contents if name.startswith("designs/") and "/uploads/" not in name
    }
    assert {row[0] for row in flow.sql(STORED)} == stored


def test_what_belongs_to_another_design_is_not_overwritten_and_stops_no_other(flow: DraftsPipeline) -> None:
    taken = "designs/default/Cups/UVDTF Cup/UV 101 UVDTF Cup_101.png"
    flow.bucket.put(taken, b"somebody's", metadata={"design": "another"})
    run = flow.process(FILES)
    [(reason, error)] = flow.tasks_asked()
    assert reason == "name_taken"
    assert taken in error
    assert flow.bucket.contents[taken] == b"somebody's"
    assert sorted(flow.outcomes(run).values()) == ["name_taken", "pushed", "pushed", "pushed"]
    flow.bucket.delete(taken)
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


def test_without_a_shop_a_design_is_stored_and_not_listed(without_shop: DraftsPipeline) -> None:
    run = without_shop.process({"a.png": png(1)})
    assert without_shop.outcomes(run) == {"a.png": "no_shop"}
    assert [row[0] for row in without_shop.sql("select kind from design_objects")] == ["print"]
    assert without_shop.held() == []


def test_of_several_shops_or_templates_none_is_chosen_for_the_seller(flow: DraftsPipeline) -> None:
    flow.open_shop(shop(template(), template("UVDTF Mug")))
    assert flow.outcomes(flow.process({"a.png": png(1)})) == {"a.png": "no_template"}
    assert all_pushed(flow, flow.process({"b.png": png(2)}, product_template="UVDTF Mug"))
    flow.open_shop(shop(name="Mugs", number=5002))
    assert flow.outcomes(flow.process({"c.png": png(3)})) == {"c.png": "no_shop"}
    assert all_pushed(flow, flow.process({"d.png": png(4)}, shop="Cups", product_template="UVDTF Cup"))
    names = [row.stored_name for row in flow.designs() if row.number]
    assert names == [
        "UV 100 UVDTF Mug_100.png",
        "UV 100 UVDTF Cup_100.png",
    ]  # each template counts for itself


def test_without_a_mockup_a_design_is_stored_and_not_listed(flow: DraftsPipeline) -> None:
    bare = template("Bare")
    flow.open_shop(shop(template(), bare[: bare.index("    mockups:")]))
    run = flow.process({"a.png": png(1)}, product_template="Bare")
    assert flow.outcomes(run) == {"a.png": "no_mockup"}
    assert flow.held() == []


NAMED: dict[str, tuple[dict[str, Any], str]] = {
    "no_shop": ({"shop": "Later"}, shop(name="Later", number=5002)),
    "no_template": ({"product_template": "Later"}, shop(template(), template("Later"))),
    "no_mockup": ({"mockup": "Later"}, shop(template(mockup="Later"))),
}


@pytest.mark.parametrize("reason", NAMED)
def test_what_is_named_and_not_there_is_asked_about_and_goes_on_once_it_is_loaded(
    flow: DraftsPipeline, reason: str
) -> None:
    choices, later = NAMED[reason]
    flow.upload({"a.png": png(1)}, **choices)
    flow.upload({"b.png": png(2)})
    run = flow.run_all()
    [(asked, error)] = flow.tasks_asked()
    assert asked == reason
    assert "Later" in error
    assert flow.outcomes(run) == {"a.png": reason, "b.png": "pushed"}
    flow.open_shop(later)
    flow.answer_tasks(run)
    assert all_pushed(flow, run)


def test_a_mockup_that_cannot_be_shown_is_nobodys_designs_fault(flow: DraftsPipeline) -> None:
    path = flow.one("select file_path from mockup_images where filename = 'left.png'")
    kept = flow.bucket.contents[path]
    flow.bucket.put(path, plain((9, 9, 9), (200, 50)))
    run = flow.process({"a.png": png(1)})
    assert [reason for reason, _ in flow.tasks_asked()] == ["other_picture"]
    flow.bucket.put(path, b"no picture")
    flow.answer_tasks(run)
    assert [reason for reason, _ in flow.tasks_asked()] == ["not_an_image"]
    flow.bucket.delete(path)
    flow.answer_tasks(run)
    assert [reason for reason, _ in flow.tasks_asked()] == ["not_found"]
    flow.bucket.put(path, kept)
    flow.answer_tasks(run)
    assert all_pushed(flow, run)


def test_what_cannot_be_rendered_is_refused_by_name_and_the_rest_goes_on(flow: DraftsPipeline) -> None:
    files = {"tiny.png": opaque((200, 6)), "a.png": png(1), "b.png": png(2)}
    run = flow.process(files)
    assert flow.outcomes(run) == {"tiny.png": "too_small", "a.png": "pushed", "b.png": "pushed"}
    [row] = flow.sql("select raw, problems from quarantine where state = 'open'")
    assert row.raw["file"] == "tiny.png"
    assert row.problems[0]["reason"] == "too_small"
    assert flow.imbalance(run) is None


def test_a_print_that_takes_too_much_memory_is_refused_by_name(flow: DraftsPipeline) -> None:
    wide = template("Banner", dpi=600).replace("width: 2\n        height: 1", "width: 20\n        height: 20")
    wide = wide.replace("{name: cup, width: 2, height: 1}", "{name: cup, width: 20, height: 20}")
    flow.open_shop(shop(template(), wide))
    flow.upload({"banner.png": png(1)}, product_template="Banner")
    flow.upload({"a.png": png(2)}, product_template="UVDTF Cup")
    run = flow.run_all()
    assert flow.outcomes(run) == {"banner.png": "too_large_print", "a.png": "pushed"}


def test_a_trial_takes_no_number(flow: DraftsPipeline) -> None:
    flow.process({"a.png": png(1)})
    flow.process({"b.png": png(2)}, settings={"mode": "TEST"})
    assert flow.one("select next from design_numbers") == 101
    assert all_pushed(flow, flow.run_all())
    assert numbers(flow) == [100, 101]


def test_the_strength_of_the_watermark_is_that_of_each_run(flow: DraftsPipeline) -> None:
    """One process serves runs with different settings."""
    flow.process({"a.png": png(1)}, settings={"mockup_watermark_opacity": 1})
    flow.process({"b.png": png(2)}, settings={"mockup_watermark_opacity": 0})
    rows = flow.sql(
        "select name from design_objects where kind = 'mockup' and name like '%%_BG_1.jpg' order by name"
    )
    shown = [Image.open(io.BytesIO(flow.bucket.contents[row[0]])).convert("RGB") for row in rows]
    base = Image.open(io.BytesIO(PICTURES["left.png"])).convert("RGB")
    beside = (HOLES["left.png"][2] + 20, 60)  # under the watermark, outside of the design
    assert shown[0].getpixel(beside) == pytest.approx((254, 0, 0), abs=6)
    assert shown[1].getpixel(beside) == pytest.approx(base.getpixel(beside), abs=6)
