"""Rounds: a change counts its drafts, and knows which one it is about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.effects import Effect, PlannedEffect
from functions.push.designs.held import Held, part_of, round_of

KEY = "design"


def effect(part: str, state: str = "confirmed", remote: str | None = "1", **fields: Any) -> Effect:
    """A write as the ledger holds it."""
    usual: dict[str, Any] = dict.fromkeys(
        ("item_id", "send_id", "sent_at", "deadline", "not_found_at", "error")
    )
    usual |= {"id": 1, "change_id": 1, "key": KEY, "operation": "create", "attempt": 1, "lost": 0}
    usual |= {"content_hash": "", "part": part, "state": state, "remote_id": remote}
    return Effect(**usual | fields)


@given(st.sampled_from(["draft", "image 1", "image 12", "inventory"]), st.integers(1, 1000))
def test_a_part_says_its_round(name: str, number: int) -> None:
    assert round_of(part_of(name, number)) == number
    assert part_of(name, number).partition("/")[0] == name


def test_a_change_that_has_made_nothing_is_in_its_first_round() -> None:
    held = Held([], None)
    assert (held.round, held.draft, held.is_under_way) == (1, None, False)


def test_the_draft_that_is_there_is_that_of_the_present_round() -> None:
    held = Held([effect("draft", remote="7")], "7")
    assert held.round == 1
    assert held.draft is not None


@pytest.mark.parametrize("live", [None, "9"])
def test_each_draft_that_is_gone_was_a_round(live: str | None) -> None:
    drafts = [effect("draft", remote="7"), effect("draft/2", remote="8")]
    assert Held(drafts, live).round == 3
    assert Held(drafts, live).draft is None
    assert Held([*drafts, effect("draft/3", remote="9")], "9").round == 3


def test_a_draft_whose_answer_is_not_known_counts_for_none() -> None:
    held = Held([effect("draft", "unknown", remote=None)], None)
    assert held.round == 1
    assert held.is_under_way


def test_an_image_belongs_to_the_draft_of_its_round() -> None:
    image = effect("image 1/2", "unknown", remote=None, key=f"{KEY}/image/1")
    held = Held(
        [
            effect("draft", remote="7"),
            effect("image 1", remote="71", key=f"{KEY}/image/1"),
            effect("draft/2", remote="8"),
            effect("image 2/2", remote="82", key=f"{KEY}/image/2"),
            image,
        ],
        "8",
    )
    assert held.listing_of(image) == 8
    assert held.images_of(image) == {"82"}


def test_only_what_is_confirmed_in_its_own_round_is_made() -> None:
    held = Held([effect("draft", remote="7"), effect("inventory", "refused")], "7")

    def planned(part: str) -> PlannedEffect:
        return PlannedEffect(item_id=1, key=KEY, change_id=1, operation="update", content_hash="", part=part)

    made = {part: held.has_made(planned(part)) for part in ("draft", "draft/2", "inventory")}
    assert made == {"draft": True, "draft/2": False, "inventory": False}
    assert held.refused is not None
