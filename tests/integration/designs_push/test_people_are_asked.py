"""What automation cannot push: a task says what to do, the other designs go on, and an answer pushes."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from common.etsy.account import stored_account
from tests.integration.designs_push.drafts import (
    MOCKUPS,
    PICTURES,
    DraftsPipeline,
    all_pushed,
    holds_exactly,
    plain,
    shop,
    template,
)
from tests.support.designs import png
from tests.support.etsy_account import SHOP

FILES = {"a.png": png(1), "b.png": png(2), "c.png": png(3)}
OPERATIONS = ("createDraftListing", "uploadListingImage", "updateListingInventory")


def meanwhile(flow: DraftsPipeline, number: int, do: Callable[[], object]) -> None:
    """Before the so many'th write of ours is said to go out, something else happens."""
    visits = iter(range(1, 1000))

    def visit() -> None:
        if next(visits) == number:
            do()

    flow.effects.before_freeze = visit


def person(flow: DraftsPipeline, method: str, path: str, **options: Any) -> requests.Response:
    """Somebody at Etsy's site, with a token of their own."""
    headers = {
        "x-api-key": "local-keystring:local-secret",
        "Authorization": f"Bearer {stored_account(flow.secrets).access_token}",
    }
    return requests.request(
        method, f"{flow.etsy.url}/v3/application{path}", headers=headers, timeout=10, **options
    )


def delete_draft(flow: DraftsPipeline) -> None:
    """Somebody deletes the newest draft."""
    person(flow, "DELETE", f"/listings/{flow.held()[-1]['listing_id']}").raise_for_status()


def publish_draft(flow: DraftsPipeline) -> None:
    """Somebody publishes the newest draft."""
    number = flow.held()[-1]["listing_id"]
    answer = person(flow, "PATCH", f"/shops/{SHOP}/listings/{number}", data={"state": "active"})
    answer.raise_for_status()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_etsy_refuses_is_told_in_its_words_and_an_answer_goes_on_where_it_stopped(
    flow: DraftsPipeline, operation: str
) -> None:
    flow.etsy.plant(f"etsy.{operation}", "status", status=400)
    run = flow.process(FILES)
    [(reason, error)] = flow.tasks_asked()
    assert reason == "etsy_refused"
    assert "The request is invalid" in error
    assert flow.figures(run) == {"fetched": 3, "done": 2, "manual": 1}
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4 + 1


def test_what_is_mended_in_the_shops_file_after_a_refusal_is_what_the_draft_says(
    flow: DraftsPipeline,
) -> None:
    """The draft was begun with the old price: it is taken away, and made anew, not half old and half new."""
    flow.etsy.plant("etsy.updateListingInventory", "status", status=400)
    run = flow.process({"a.png": png(1)})
    flow.open_shop(shop(template(price="5.50")))
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, "a.png")
    [listing] = flow.held()
    assert listing["price"]["amount"] == 550
    assert flow.calls("deleteListing") == 1
    assert flow.calls("createDraftListing") == 2


def test_when_etsy_is_away_for_too_long_a_person_looks_after_it(flow: DraftsPipeline) -> None:
    flow.settled_in_time()
    flow.etsy.plant("etsy.getListingsByShop", "status", times=1000, status=503)
    flow.etsy.plant("etsy.createDraftListing", "status", status=500)
    run = flow.process({"a.png": png(1)})
    assert flow.figures(run) == {"fetched": 1, "manual": 1}
    requests.delete(f"{flow.etsy.url}/_faults", timeout=5)
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, "a.png")


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_draft_that_somebody_deletes_half_made_is_made_again_after_an_answer(
    flow: DraftsPipeline, number: int
) -> None:
    meanwhile(flow, number, lambda: delete_draft(flow))
    run = flow.process(FILES)
    [(reason, error)] = flow.tasks_asked()
    assert reason == "draft_deleted"
    assert "Answer, and it is made again" in error
    assert sorted(flow.outcomes(run).values()) == ["draft_deleted", "pushed", "pushed"]
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


@pytest.mark.parametrize("number", [3, 4])
def test_a_draft_that_somebody_publishes_half_made_is_completed_and_not_doubled(
    flow: DraftsPipeline, number: int
) -> None:
    meanwhile(flow, number, lambda: publish_draft(flow))
    run = flow.process(FILES)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert sorted(each["state"] for each in flow.held()) == ["active", "draft", "draft"]


def test_a_draft_whose_answer_was_lost_is_found_though_it_was_published(flow: DraftsPipeline) -> None:
    flow.settled_in_time()
    flow.process({"z.png": png(9)})
    flow.etsy.plant("etsy.createDraftListing", "drop")
    run = flow.begin({"a.png": png(1)})
    while sum(flow.etsy.struck()) == 0:
        flow.drive(rounds=1, strict=False)
    number = flow.held()[-1]["listing_id"]
    image = {"image": ("a.png", plain((1, 2, 3)), "image/png")}
    person(flow, "POST", f"/shops/{SHOP}/listings/{number}/images", files=image, data={"alt_text": "mine"})
    publish_draft(flow)
    flow.drive()
    assert all_pushed(flow, run)
    assert flow.calls("createDraftListing") == 2
    listing = flow.held()[-1]
    assert (listing["state"], len(listing["images"])) == ("active", len(MOCKUPS) + 1)


def test_an_image_of_a_persons_own_at_the_same_place_is_not_taken_for_ours(flow: DraftsPipeline) -> None:
    flow.settled_in_time()
    flow.etsy.plant("etsy.uploadListingImage", "status", status=500)
    run = flow.begin({"a.png": png(1)})
    while sum(flow.etsy.struck()) == 0:
        flow.drive(rounds=1, strict=False)
    number = flow.held()[-1]["listing_id"]
    image = {"image": ("a.png", plain((1, 2, 3)), "image/png")}
    person(flow, "POST", f"/shops/{SHOP}/listings/{number}/images", files=image, data={"alt_text": "mine"})
    flow.drive()
    assert all_pushed(flow, run)
    [listing] = flow.held()
    assert len(listing["images"]) == len(MOCKUPS) + 1


def test_an_image_whose_answer_was_lost_is_found_wherever_somebody_has_moved_it(
    flow: DraftsPipeline,
) -> None:
    """The first image was taken away meanwhile, so the second has its rank: it is still ours, and there."""
    flow.settled_in_time()
    run = flow.begin({"a.png": png(1)})
    meanwhile(flow, 3, lambda: flow.etsy.plant("etsy.uploadListingImage", "created_but_500"))
    while sum(flow.etsy.struck()) == 0:
        flow.drive(rounds=1, strict=False)
    [listing] = flow.held()
    first = min(listing["images"], key=lambda image: image["rank"])["listing_image_id"]
    path = f"/shops/{SHOP}/listings/{listing['listing_id']}/images/{first}"
    person(flow, "DELETE", path).raise_for_status()
    flow.drive()
    assert all_pushed(flow, run)
    assert flow.calls("uploadListingImage") == len(MOCKUPS)


def test_where_somebody_has_taken_an_image_away_the_next_goes_behind_those_that_are_left(
    flow: DraftsPipeline,
) -> None:
    def take_away() -> None:
        [listing] = flow.held()
        [image] = listing["images"]
        path = f"/shops/{SHOP}/listings/{listing['listing_id']}/images/{image['listing_image_id']}"
        person(flow, "DELETE", path).raise_for_status()

    meanwhile(flow, 3, take_away)
    run = flow.process({"a.png": png(1)})
    assert all_pushed(flow, run)
    [listing] = flow.held()
    assert [image["rank"] for image in listing["images"]] == [1]


def test_a_mockup_that_is_gone_from_storage_stops_no_other_and_is_made_again_after_an_answer(
    flow: DraftsPipeline,
) -> None:
    run = flow.begin(FILES)
    gone = flow.one("select max(o.name) from design_objects o where kind = 'mockup'")
    flow.bucket.delete(gone)
    flow.drive()
    assert sorted(flow.outcomes(run).values()) == ["not_found", "pushed", "pushed"]
    assert flow.sql("select 1 from effects where state not in ('confirmed', 'planned')") == []
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


def test_without_a_consent_the_run_fails_with_the_next_step_and_the_next_upload_lists_each_once(
    flow: DraftsPipeline,
) -> None:
    flow.secrets.forget("etsy")
    run = flow.process(FILES)
    assert flow.state(run) == "failed"
    assert "shelfline connect etsy" in str(flow.one("select error from runs where id = %s", run))
    flow.consent()
    assert all_pushed(flow, flow.process(FILES))
    assert holds_exactly(flow, *FILES)


def test_what_a_failed_run_has_left_half_made_is_made_whole_by_the_next_upload(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.uploadListingImage", "status", status=403)
    run = flow.process(FILES)
    assert flow.state(run) == "failed"
    assert [len(each["images"]) for each in flow.held()] == [0]
    assert all_pushed(flow, flow.process(FILES))
    assert holds_exactly(flow, *FILES)


def test_what_was_begun_and_published_by_somebody_is_not_made_a_second_time(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.updateListingInventory", "status", status=403)
    run = flow.process({"a.png": png(1)})
    assert flow.state(run) == "failed"
    publish_draft(flow)
    again = flow.process({"a.png": png(1)})
    [(reason, error)] = flow.tasks_asked()
    assert reason == "draft_published"
    assert str(flow.held()[0]["listing_id"]) in error
    assert len(flow.held()) == 1
    delete_draft(flow)
    flow.answer_tasks(again)
    assert all_pushed(flow, again)
    assert holds_exactly(flow, "a.png")


def test_the_pictures_of_a_shop_may_be_sent_again_without_a_change(flow: DraftsPipeline) -> None:
    flow.open_shop(pictures=PICTURES)
    assert all_pushed(flow, flow.process({"a.png": png(1)}))


def test_a_failed_run_that_is_tried_again_goes_on_where_it_stopped(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.uploadListingImage", "status", status=403)
    run = flow.process(FILES)
    assert flow.state(run) == "failed"
    flow.runs.retry("default", run, step=None, reason=None, by="seller")
    flow.drive()
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4 + 1


def test_a_design_that_failed_at_staging_and_belongs_to_a_later_upload_stays_listed(
    flow: DraftsPipeline,
) -> None:
    flow.etsy.plant("etsy.createDraftListing", "status", status=403)
    failed = flow.process({"a.png": png(1)})
    flow.process({"a.png": png(1)})
    flow.runs.retry("default", failed, step="stage", reason=None, by="seller")
    flow.drive()
    assert holds_exactly(flow, "a.png")
    assert [row.state for row in flow.designs()] == ["listed"]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_failed_run_that_is_tried_again_after_the_next_upload_doubles_nothing(
    flow: DraftsPipeline, is_first: bool
) -> None:
    """Its designs belong to the later upload by then, whichever of the two comes to Etsy first."""
    flow.etsy.plant("etsy.uploadListingImage", "status", status=403)
    failed = flow.process(FILES)
    if is_first:
        later = flow.begin(FILES)
    else:
        later = flow.process(FILES)
    flow.runs.retry("default", failed, step=None, reason=None, by="seller")
    flow.drive()
    assert all_pushed(flow, later)
    assert holds_exactly(flow, *FILES)
    assert set(flow.outcomes(failed).values()) == {"taken_over"}
    assert flow.calls("deleteListing") == 1  # what the failed run had left half made
