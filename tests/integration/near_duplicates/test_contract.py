"""What every near-duplicate index does: the one in Postgres, and the one that compares every design with every other."""

import pytest

from functions.hash.designs.near_duplicates import Comparison, Near, NearDuplicates, Rule
from tests.integration.near_duplicates.hashed import content, design, random_bits

FIRST = random_bits(1)
BY_BOTH = Comparison(rule="phash or dhash", phash_within=20, dhash_within=20)


def _numbers(found: list[Near]) -> list[tuple[int, int]]:
    return [(near.design.int, near.other.int) for near in found]


def test_a_near_copy_is_found_with_its_distances(index: NearDuplicates) -> None:
    copy = design(2, FIRST.flipped(phash=range(7), dhash=range(100, 140)))
    index.index([design(1, FIRST), copy, design(3, random_bits(3))])
    [near] = index.near([copy], BY_BOTH)
    assert (near.design.int, near.other.int, near.other_content_hash) == (2, 1, content(1))
    assert (near.phash_distance, near.dhash_distance, near.variant) == (7, 40, "as_it_is")
    assert (near.verdict, near.matches) == (None, 1)


@pytest.mark.parametrize(
    ("rule", "found"),
    [("phash", {2, 4}), ("dhash", {3, 4}), ("phash or dhash", {2, 3, 4}), ("phash and dhash", {4})],
)
def test_a_rule_says_which_hashes_have_to_be_near(index: NearDuplicates, rule: Rule, found: set[int]) -> None:
    near, far = range(20), range(21)
    index.index(
        [
            design(1, FIRST),
            design(2, FIRST.flipped(phash=near, dhash=far)),
            design(3, FIRST.flipped(phash=far, dhash=near)),
            design(4, FIRST.flipped(phash=near, dhash=near)),
            design(5, FIRST.flipped(phash=far, dhash=far)),
        ]
    )
    by = Comparison(rule=rule, phash_within=20, dhash_within=20)
    assert {near.other.int for near in index.near([design(1, FIRST)], by)} == found
    assert {other.int for one, other in index.every_pair(by) if one.int == 1} == found


def test_each_hash_has_a_threshold_of_its_own(index: NearDuplicates) -> None:
    index.index([design(1, FIRST.flipped(phash=range(9))), design(2, FIRST.flipped(dhash=range(9)))])
    by = Comparison(rule="phash and dhash", phash_within=8, dhash_within=9)
    assert _numbers(index.near([design(3, FIRST)], by)) == [(3, 2)]


def test_the_hashes_of_64_bits_are_compared_on_request(index: NearDuplicates) -> None:
    index.index(
        [design(1, FIRST), design(2, FIRST.flipped(phash=range(100), phash_small=[0, 1], dhash=range(100)))]
    )
    by = Comparison(rule="phash", bits=64, phash_within=2)
    assert _numbers(index.near([design(1, FIRST)], by)) == [(1, 2)]
    assert index.near([design(1, FIRST)], BY_BOTH) == []


def test_two_designs_of_one_batch_find_each_other(index: NearDuplicates) -> None:
    batch = [design(2, FIRST.flipped(phash=[5])), design(1, FIRST)]
    index.index(batch)
    assert _numbers(index.near(batch, BY_BOTH)) == [(1, 2), (2, 1)]


def test_a_design_is_no_copy_of_itself(index: NearDuplicates) -> None:
    index.index([design(1, FIRST)])
    assert index.near([design(1, FIRST)], BY_BOTH) == []


def test_a_flat_design_neither_finds_nor_is_found(index: NearDuplicates) -> None:
    flat = design(1, FIRST, is_flat=True)
    index.index([flat, design(2, FIRST), design(3, FIRST, is_flat=True)])
    assert index.near([flat, design(2, FIRST)], BY_BOTH) == []
    assert index.every_pair(BY_BOTH) == []


def test_a_mirrored_design_is_another_unless_its_variants_are_given(index: NearDuplicates) -> None:
    mirrored = random_bits(9)
    index.index([design(1, mirrored)])
    assert index.near([design(2, FIRST)], BY_BOTH) == []
    variants = {"turned_left": random_bits(8), "mirrored": mirrored.flipped(phash=[1])}
    [near] = index.near([design(2, FIRST, variants=variants)], BY_BOTH)
    assert (near.other.int, near.variant, near.phash_distance) == (1, "mirrored", 1)


def test_of_several_variants_that_fit_the_nearest_is_told(index: NearDuplicates) -> None:
    index.index([design(1, FIRST)])
    asked = design(2, FIRST.flipped(phash=[1, 2], dhash=[3]), variants={"mirrored": FIRST})
    [near] = index.near([asked], BY_BOTH)
    assert (near.variant, near.phash_distance, near.matches) == ("mirrored", 0, 1)


def test_the_nearest_are_told_first_and_all_are_counted(index: NearDuplicates) -> None:
    index.index([design(number, FIRST.flipped(phash=range(number))) for number in (9, 3, 6, 12)])
    by = Comparison(rule="phash", phash_within=15)
    found = index.near([design(1, FIRST)], by, most=2)
    assert [(near.other.int, near.matches) for near in found] == [(3, 4), (6, 4)]


def test_a_pair_called_different_is_never_told_again(index: NearDuplicates) -> None:
    index.index([design(1, FIRST), design(2, FIRST), design(3, FIRST)])
    index.decide(content(1), content(2), "different", by="ann")
    assert index.verdict(content(2), content(1)) == "different"
    assert _numbers(index.near([design(1, FIRST), design(2, FIRST)], BY_BOTH)) == [(1, 3), (2, 3)]
    assert [(one.int, other.int) for one, other in index.every_pair(BY_BOTH)] == [(1, 3), (2, 3)]


def test_a_pair_called_the_same_is_told_with_its_verdict(index: NearDuplicates) -> None:
    index.index([design(1, FIRST), design(2, FIRST)])
    index.decide(content(2), content(1), "same", by="ann")
    assert [near.verdict for near in index.near([design(1, FIRST)], BY_BOTH)] == ["same"]


def test_verdicts_on_two_pairs_say_nothing_of_a_third(index: NearDuplicates) -> None:
    index.index([design(number, FIRST) for number in (1, 2, 3)])
    index.decide(content(1), content(2), "same", by="ann")
    index.decide(content(2), content(3), "different", by="ann")
    assert index.verdict(content(1), content(3)) is None
    assert [(near.other.int, near.verdict) for near in index.near([design(1, FIRST)], BY_BOTH)] == [
        (2, "same"),
        (3, None),
    ]


def test_the_last_word_on_a_pair_counts(index: NearDuplicates) -> None:
    index.index([design(1, FIRST), design(2, FIRST)])
    index.decide(content(1), content(2), "different", by="ann")
    index.decide(content(2), content(1), "same", by="ben")
    assert [near.verdict for near in index.near([design(1, FIRST)], BY_BOTH)] == ["same"]


def test_nobody_can_decide_on_a_design_and_itself(index: NearDuplicates) -> None:
    with pytest.raises(ValueError, match="is one design"):
        index.decide(content(1), content(1), "same", by="ann")


def test_a_forgotten_design_is_not_found_and_its_verdict_outlives_it(index: NearDuplicates) -> None:
    index.index([design(1, FIRST), design(2, FIRST)])
    index.decide(content(1), content(2), "different", by="ann")
    index.forget([design(2, FIRST).design])
    assert index.near([design(1, FIRST)], BY_BOTH) == []
    index.index([design(2, FIRST)])
    assert index.near([design(1, FIRST)], BY_BOTH) == []


def test_a_design_that_is_indexed_again_has_its_new_hashes_only(index: NearDuplicates) -> None:
    index.index([design(1, FIRST)])
    index.index([design(1, random_bits(7))])
    assert index.near([design(2, FIRST)], BY_BOTH) == []
    assert _numbers(index.near([design(2, random_bits(7))], BY_BOTH)) == [(2, 1)]


def test_asking_for_nothing_finds_nothing(index: NearDuplicates) -> None:
    assert index.near([], BY_BOTH) == []
    assert index.every_pair(BY_BOTH) == []


def test_more_bits_than_a_hash_has_are_no_threshold() -> None:
    with pytest.raises(ValueError, match="0 to 63, not 64"):
        Comparison(rule="phash", bits=64, phash_within=64)
