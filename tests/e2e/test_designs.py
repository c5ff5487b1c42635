"""The seller's way: a folder of artwork, drafts in the shop, a word on what looks alike, the drafts taken back."""

from typing import Any

import pytest

from infra.local.samples import make_designs
from tests.support.inside import Inside
from tests.support.processes import until
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

REFUSED = {"fully_transparent", "not_an_image", "too_many_pixels", "truncated", "zero_bytes"}
"""Why the five broken files are."""
EXACT = 9
"""Copies with other names, and files that were saved again without loss."""


def listings(stack: Stack) -> list[dict[str, Any]]:
    """What Etsy holds and has not deleted."""
    held = stack.get("etsy", "/_listings")["listings"]
    return [each for each in held if each["state"] != "deleted"]


def test_make_run_lists_each_unique_design_once_and_tells_the_others(
    stack: Stack, first_report: dict[str, Any]
) -> None:
    designs = first_report["flows"]["designs"]
    assert designs["adds_up"]
    assert designs["fetched"] == len(make_designs.names()) >= 60
    assert designs["detail"]["duplicates"] == designs["skipped"] == EXACT
    assert designs["waiting"] == designs["detail"]["near_duplicates"] >= 6
    assert designs["rejected"] == len(REFUSED)
    assert (
        designs["done"] == designs["pushed"]["etsy"] == designs["pushed"]["storage"] >= make_designs.DESIGNS
    )
    assert designs["failed"] == designs["in_progress"] == 0


@pytest.mark.usefixtures("first_report")
def test_every_broken_file_is_named_with_its_reason(stack: Stack, first_report: dict[str, Any]) -> None:
    run = first_report["flows"]["designs"]["runs"][0]
    rows = stack.json("quarantine", "list", "--run", run)["rows"]
    assert {problem["reason"] for row in rows for problem in row["problems"]} == REFUSED
    assert {row["raw"]["file"] for row in rows} == {
        "nothing to see.png", "notes.png", "huge.png", "cut off.png", "empty.png"
    }  # fmt: skip


def test_a_second_make_run_uploads_and_lists_nothing(
    stack: Stack, within: Inside, second_report: dict[str, Any]
) -> None:
    designs = second_report["flows"]["designs"]
    assert designs["pushed"] == {"etsy": 0, "storage": 0}
    assert (designs["done"], designs["waiting"], designs["rejected"]) == (0, 0, len(REFUSED))
    assert designs["fetched"] == designs["skipped"] + designs["rejected"]
    uploads = within.sql("select count(distinct object_name), count(*) from upload_files")
    (objects, files) = uploads[0]
    assert (objects, files) == (len(make_designs.names()), 2 * len(make_designs.names()))


@pytest.mark.usefixtures("second_report")
def test_the_shop_holds_each_design_once_with_its_mockups_and_its_number(
    stack: Stack, within: Inside
) -> None:
    held = listings(stack)
    known = within.sql("select listing_id, sku from listings where state = 'draft'")
    skus = [product["sku"] for each in held for product in (each["inventory"] or {}).get("products", [])]
    assert sorted(skus) == sorted(sku for _, sku in known)
    assert {str(each["listing_id"]) for each in held} == {listing for listing, _ in known}
    assert {each["state"] for each in held} == {"draft"}
    assert {len(each["images"]) for each in held} == {2}
    numbers = [number for (number,) in within.sql("select number from designs where number is not null")]
    assert len(numbers) == len(set(numbers))
    assert min(numbers) == 100


@pytest.mark.usefixtures("second_report")
def test_what_looks_alike_waits_until_somebody_says_what_it_is(
    stack: Stack, within: Inside, first_report: dict[str, Any]
) -> None:
    run = first_report["flows"]["designs"]["runs"][0]
    waiting = stack.json("changes", "--run", run, "--state", "pending")["changes"]
    before = len(listings(stack))
    first, second = waiting[:2]
    stack.json("approve", str(first["id"]))
    stack.json("reject", str(second["id"]))
    until(lambda: len(listings(stack)) == before + 1, within=60)
    said = within.sql("select verdict from duplicate_verdicts")
    assert {verdict for (verdict,) in said} == {"same", "different"}
