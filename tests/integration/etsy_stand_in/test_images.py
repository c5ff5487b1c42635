"""Images: decoded, ranked, and looked at a while later."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.etsy_account import SHOP, StandIn, Start, picture
from tests.support.processes import until


def ranks(stand_in: StandIn, number: int) -> list[int]:
    found = stand_in.call("GET", f"/listings/{number}/images").json()["results"]
    assert [each["rank"] for each in found] == list(range(1, len(found) + 1))
    return [each["listing_image_id"] for each in found]


def uploaded(stand_in: StandIn, number: int, **fields: Any) -> int:
    made = stand_in.upload(number, **fields)
    assert made.status_code == 201, made.text
    return int(made.json()["listing_image_id"])


def test_the_looks_of_an_image_are_known_a_while_after_the_upload(stand_in: StandIn) -> None:
    number = stand_in.draft()
    made = stand_in.upload(number, picture(size=(64, 48)), rank="1", alt_text="A mug").json()
    assert (made["full_width"], made["hex_code"], made["alt_text"]) == (None, None, "A mug")
    stand_in.pass_time(3)
    (seen,) = stand_in.call("GET", f"/listings/{number}/images").json()["results"]
    assert (seen["full_width"], seen["full_height"], seen["hex_code"]) == (64, 48, "C8141E")


@pytest.mark.parametrize("content", [b"", b"GIF89a", picture()[:60], b"<svg/>", picture(kind="BMP")])
def test_what_is_no_image_is_refused(stand_in: StandIn, content: bytes) -> None:
    number = stand_in.draft()
    assert stand_in.upload(number, content).status_code == 400
    assert ranks(stand_in, number) == []


def test_images_stand_in_the_order_of_their_ranks(stand_in: StandIn) -> None:
    number = stand_in.draft()
    first, second = (uploaded(stand_in, number, rank=rank) for rank in (1, 2))
    between = uploaded(stand_in, number, rank=2)
    assert ranks(stand_in, number) == [first, between, second]


def test_overwriting_replaces_the_image_of_that_rank(stand_in: StandIn) -> None:
    number = stand_in.draft()
    first, _ = (uploaded(stand_in, number, rank=rank) for rank in (1, 2))
    other = uploaded(stand_in, number, rank=2, overwrite="true")
    assert ranks(stand_in, number) == [first, other]


def test_a_gap_between_ranks_is_refused(stand_in: StandIn) -> None:
    refused = stand_in.upload(stand_in.draft(), rank=2)
    assert refused.status_code == 400
    assert "inconsistent order" in refused.json()["error"]


def test_twenty_images_are_the_most(stand_in: StandIn) -> None:
    number = stand_in.draft()
    for rank in range(1, 21):
        uploaded(stand_in, number, rank=rank)
    assert stand_in.upload(number, rank=21).status_code == 400
    assert stand_in.upload(number, rank=20, overwrite="true").status_code == 201


def test_those_behind_a_deleted_image_move_up_and_it_can_be_put_back(stand_in: StandIn) -> None:
    number = stand_in.draft()
    first, second = (uploaded(stand_in, number, rank=rank) for rank in (1, 2))
    path = f"/shops/{SHOP}/listings/{number}/images"
    assert stand_in.call("DELETE", f"{path}/{first}").status_code == 204
    assert ranks(stand_in, number) == [second]
    back = stand_in.call("POST", path, files={"listing_image_id": (None, str(first)), "rank": (None, "2")})
    assert back.status_code == 201
    assert ranks(stand_in, number) == [second, first]


def test_of_two_uploads_at_once_to_a_listing_one_is_refused(start: Start) -> None:
    stand_in = start(per_second=10_000).sign_in()
    number = stand_in.draft()
    large = picture(size=(2, 2)) + b"\0" * 3_000_000
    path = f"/shops/{SHOP}/listings/{number}/images"
    seen: set[int] = set()

    def both() -> bool:
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(
                lambda _: stand_in.call("POST", path, files={"image": ("a.png", large)}).status_code, range(4)
            )
            seen.update(answers)
        return 409 in seen

    until(both)
    assert seen <= {201, 409, 400}
