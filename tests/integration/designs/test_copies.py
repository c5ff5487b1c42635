"""Each unique design goes on once; every copy is told with the design that it copies."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.deaths import PLACES, Place
from tests.support.designs import FAR, DesignsPipeline, png, resized
from tests.support.harness import shuffled

ORIGINAL = "select e.body->'original'->>'filename' from events e join items i on i.id = e.item_id where e.kind = 'skip' and i.run_id = %s"


def test_of_files_with_the_same_picture_the_first_is_the_design(flow: DesignsPipeline) -> None:
    run = flow.process(
        {"a.png": png(1), "b.png": png(2), "a again.png": png(1), "a saved anew.png": png(1, level=9)}
    )
    assert flow.outcomes(run) == {
        "a.png": "no_shop",
        "b.png": "no_shop",
        "a again.png": "duplicate",
        "a saved anew.png": "duplicate",
    }
    assert [row.filename for row in flow.designs()] == ["a.png", "b.png"]
    assert {row[0] for row in flow.sql(ORIGINAL, run)} == {"a.png"}
    assert flow.imbalance(run) is None


def test_a_picture_that_was_uploaded_before_is_a_copy_of_that_design(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    run = flow.process({"another name.png": png(1)})
    assert flow.outcomes(run) == {"another name.png": "duplicate"}
    assert [row[0] for row in flow.sql(ORIGINAL, run)] == ["a.png"]


def test_two_uploads_of_one_picture_at_the_same_moment_give_one_design(flow: DesignsPipeline) -> None:
    sessions = [flow.upload({f"{name}.png": png(1)}) for name in "ab"]
    runs = [flow.start("designs", session=str(session)) for session in sessions]
    flow.drive(choose=shuffled(3), twice=True, patience=FAR)
    reasons = sorted(reason for run in runs for reason in flow.outcomes(run).values())
    assert reasons == ["duplicate", "no_shop"]
    assert len(flow.designs()) == 1


def test_workers_that_record_one_picture_at_the_same_moment_make_one_design(flow: DesignsPipeline) -> None:
    sessions = [flow.upload({f"{name}.png": png(number) for number in range(3)}) for name in "abcd"]
    runs = [flow.start("designs", session=str(session)) for session in sessions]
    with ThreadPoolExecutor(4) as pool:
        while tasks := [task for task in flow.tasks.waiting if not task.schedule_time]:
            flow.tasks.waiting = [task for task in flow.tasks.waiting if task not in tasks]
            list(pool.map(flow.deliver, tasks))
    flow.drive(patience=FAR)
    reasons = sorted(reason for run in runs for reason in flow.outcomes(run).values())
    assert reasons == ["duplicate"] * 3 + ["no_shop"]
    assert len(flow.designs()) == 1
    assert [flow.imbalance(run) for run in runs] == [None] * 4


def test_what_looks_like_another_design_waits_and_the_first_goes_on(flow: DesignsPipeline) -> None:
    run = flow.process({"a.png": png(1), "small a.png": resized(1), "b.png": png(2)})
    assert flow.outcomes(run) == {"a.png": "no_shop", "small a.png": "near_duplicate", "b.png": "no_shop"}
    assert flow.figures(run)["waiting"] == 1
    [change] = flow.changes(run)
    assert change.after["filename"] == "small a.png"
    [other] = change.diff["looks_like"]["old"]
    assert other["filename"] == "a.png"
    assert change.diff["keep"]["new"] == other["design"]  # it has more pixels


@pytest.mark.parametrize("seed", range(3))
def test_which_of_two_goes_on_is_a_matter_of_their_order_and_not_of_chance(
    flow: DesignsPipeline, seed: int
) -> None:
    names = [f"{number}.png" for number in range(6)]
    files = {name: (resized if place % 2 else png)(place // 2) for place, name in enumerate(names)}
    flow.upload(files)
    run = flow.start("designs", {"upload_piece_files": 1})
    flow.drive(choose=shuffled(seed), patience=FAR)
    assert [flow.outcomes(run)[name] for name in names] == ["no_shop", "near_duplicate"] * 3


def test_one_that_a_person_calls_another_design_goes_on_and_is_never_asked_again(
    flow: DesignsPipeline,
) -> None:
    run = flow.process({"a.png": png(1), "small a.png": resized(1)})
    flow.review(run, approve=True)
    assert flow.outcomes(run) == {"a.png": "no_shop", "small a.png": "no_shop"}
    assert {row.verdict for row in flow.sql("select verdict from duplicate_verdicts")} == {"different"}
    again = flow.process({"small a again.png": resized(1)})
    assert flow.outcomes(again) == {"small a again.png": "duplicate"}


def test_one_that_a_person_calls_the_same_ends_and_is_never_asked_again(flow: DesignsPipeline) -> None:
    run = flow.process({"a.png": png(1), "small a.png": resized(1)})
    flow.review(run, approve=False)
    assert flow.outcomes(run) == {"a.png": "no_shop", "small a.png": "change_rejected"}
    assert {row.verdict for row in flow.sql("select verdict from duplicate_verdicts")} == {"same"}
    again = flow.process({"small a again.png": resized(1)})
    assert flow.outcomes(again) == {"small a again.png": "duplicate"}
    assert flow.changes(again) == []


def test_a_mirrored_picture_is_a_design_of_its_own_unless_asked(flow: DesignsPipeline) -> None:
    import io

    from PIL import Image, ImageOps

    mirrored = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(png(1)))).save(mirrored, "PNG")
    flow.process({"a.png": png(1)})
    run = flow.process({"mirrored.png": mirrored.getvalue()}, settings={"mode": "TEST"})
    assert flow.outcomes(run) == {"mirrored.png": "no_shop"}
    run = flow.run_all({"mode": "TEST", "design_match_variants": True})
    assert flow.outcomes(run) == {"mirrored.png": "would_ask_a_person"}


def test_flat_pictures_are_not_taken_for_copies_of_each_other(flow: DesignsPipeline) -> None:
    import io

    from PIL import Image

    def plain(grey: int) -> bytes:
        content = io.BytesIO()
        Image.new("RGB", (120, 80), (grey, grey, grey)).save(content, "PNG")
        return content.getvalue()

    run = flow.process({"dark.png": plain(40), "light.png": plain(200), "dark again.png": plain(40)})
    assert flow.outcomes(run) == {
        "dark.png": "no_shop",
        "light.png": "no_shop",
        "dark again.png": "duplicate",
    }


def test_a_library_is_indexed_without_listing_it_and_new_designs_are_held_against_it(
    flow: DesignsPipeline,
) -> None:
    library = flow.process({"a.png": png(1), "b.png": png(2)}, reference=True)
    assert flow.outcomes(library) == {"a.png": "indexed", "b.png": "indexed"}
    assert flow.sql("select * from design_objects") == []
    run = flow.process({"small a.png": resized(1), "b again.png": png(2), "c.png": png(3)})
    assert flow.outcomes(run) == {
        "small a.png": "near_duplicate",
        "b again.png": "duplicate",
        "c.png": "no_shop",
    }


def test_the_threshold_that_is_set_counts(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    run = flow.process(
        {"small a.png": resized(1)},
        settings={"design_duplicate_preset": "seed", "duplicate_hamming_threshold": 0},
    )
    distance = flow.sql("select min(phash_distance) from design_matches")[0][0]
    assert (flow.outcomes(run) == {"small a.png": "no_shop"}) == (distance is None)


def test_a_deleted_design_stands_in_nobodys_way(flow: DesignsPipeline) -> None:
    from common.interface.designs import Designs
    from tests.support.designs import SELLER

    flow.process({"a.png": png(1)})
    Designs(flow.services, SELLER).delete(flow.designs()[0].id)
    run = flow.process({"small a.png": resized(1)})
    assert flow.outcomes(run) == {"small a.png": "no_shop"}


def test_a_design_whose_run_was_cancelled_is_taken_up_by_the_next_upload(flow: DesignsPipeline) -> None:
    flow.upload({"a.png": png(1)})
    run = flow.start("designs")
    for _ in range(3):  # fetch, files, hash
        flow.deliver(flow.tasks.waiting.pop(0))
    assert len(flow.designs()) == 1
    flow.runs.cancel("default", run, "seller")
    flow.drive(patience=FAR)
    assert flow.outcomes(flow.process({"a again.png": png(1)})) == {"a again.png": "no_shop"}


def test_an_upload_whose_run_was_cancelled_before_it_began_is_taken_up_by_the_next(
    flow: DesignsPipeline,
) -> None:
    flow.upload({"a.png": png(1)})
    run = flow.start("designs")
    flow.deliver(flow.tasks.waiting.pop(0))  # the session is taken; none of its files is an item yet
    flow.runs.cancel("default", run, "seller")
    flow.drive(patience=FAR)
    assert flow.outcomes(run) == {}
    assert flow.outcomes(flow.run_all()) == {"a.png": "no_shop"}


def test_a_trial_decides_as_a_run_would_and_leaves_nothing(flow: DesignsPipeline) -> None:
    flow.process({"a.png": png(1)})
    files = {"a again.png": png(1), "small a.png": resized(1), "b.png": png(2), "small b.png": resized(2)}
    before = sorted(flow.bucket.contents)
    trial = flow.process(files, settings={"mode": "TEST"})
    stored = sorted(name for name in flow.bucket.contents if "uploads" not in name)
    assert stored == sorted(name for name in before if "uploads" not in name)
    assert len(flow.designs()) == 1
    assert flow.outcomes(trial) == {
        "a again.png": "duplicate",
        "small a.png": "would_ask_a_person",
        "b.png": "no_shop",
        "small b.png": "would_ask_a_person",
    }
    run = flow.run_all()
    assert flow.outcomes(run)["b.png"] == "no_shop"
    assert flow.sql("select * from designs where trial <> ''") == []


@pytest.mark.parametrize("place", PLACES)
def test_workers_that_die_anywhere_lose_and_double_nothing(flow: DesignsPipeline, place: Place) -> None:
    flow.upload({f"{number}.png": png(number) for number in range(5)} | {"again.png": png(0)})
    run = flow.start("designs", {"upload_piece_files": 2, "crash_loop_tries": 20})
    steps = ("hash", "decide", "stage") if place == "recording" else ("fetch", "hash", "decide", "stage")
    for step in steps:  # pages of a source are recorded in one call
        flow.deaths.plan(step, place, times=2)
    flow.drive(choose=shuffled(1), twice=True, patience=FAR)
    assert flow.deaths.planned == ()
    reasons = sorted(flow.outcomes(run).values())
    assert reasons == ["duplicate"] + ["no_shop"] * 5
    assert flow.imbalance(run) is None
    assert len(flow.sql("select distinct name from design_objects")) == 5


@pytest.mark.parametrize("most", [1, 2])
def test_so_many_near_copies_are_shown_as_it_is_set(flow: DesignsPipeline, most: int) -> None:
    flow.process({"a.png": png(1), "b.png": resized(1, 0.9), "c.png": resized(1, 0.8)}, reference=True)
    run = flow.process({"small a.png": resized(1)}, settings={"design_near_most": most})
    [change] = flow.changes(run)
    assert len(change.diff["looks_like"]["old"]) == most
