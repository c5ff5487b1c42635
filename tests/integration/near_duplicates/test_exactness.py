"""The search by bands finds what comparing every hash with every other finds: at every threshold, whatever the hashes are."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.database.engine import Database
from functions.hash.designs.all_pairs import all_pairs
from functions.hash.designs.dealing import dealt, dealt_rows
from functions.hash.designs.near_duplicates import RULES, Comparison, HashedDesign, Rule
from functions.hash.designs.near_in_postgres import PostgresNearDuplicates
from tests.integration.near_duplicates.hashed import Bits, design, random_bits
from tests.support.near_duplicates import EveryOneCompared

# What presets and their overrides come to: up to two flipped bits of a band, and beyond, where no band is asked.
OFFERED = [
    *((256, within) for within in (*range(34), 60, 127)),
    *((64, within) for within in (*range(10), 31)),
]
_ALIKE = 60
_QUERIES = 6
KEEP = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Library:
    """Stored designs, in the index and beside it."""

    database: Database
    designs: list[HashedDesign]
    compared: EveryOneCompared


@pytest.fixture(scope="module")
def library(one_for_all: Database) -> Library:
    """Random designs, clusters of near copies, and pictures of which most bits are always the same."""
    chance = random.Random(5)
    designs = [design(number, bits) for number, bits in enumerate(_pictures(chance), 1)]
    compared = EveryOneCompared()
    compared.index(designs)
    with one_for_all.transaction() as connection:
        PostgresNearDuplicates(connection, "default", 1).index(designs)
    return Library(one_for_all, designs, compared)


def _pictures(chance: random.Random) -> Iterator[Bits]:
    for seed in range(_ALIKE):
        yield random_bits(seed)
        yield _skewed(chance)
    for seed in (*range(3), 1000):
        for number in range(_ALIKE):
            yield _moved(random_bits(seed), chance, number)


def _skewed(chance: random.Random) -> Bits:
    """Few of its bits are ever set."""
    return _moved(Bits(phash=0, dhash=0, phash_small=0, dhash_small=0), chance, 20)


def _moved(bits: Bits, chance: random.Random, most: int) -> Bits:
    """The same with up to so many bits of 256 flipped, and up to an eighth of it of 64."""

    def some(of: int, many: int) -> list[int]:
        return chance.sample(range(of), chance.randint(0, many))

    return bits.flipped(
        phash=some(256, most),
        dhash=some(256, most),
        phash_small=some(64, most // 5),
        dhash_small=some(64, most // 5),
    )


@pytest.mark.parametrize(("bits", "within"), OFFERED)
def test_every_threshold_finds_what_comparing_all_finds(
    library: Library, bits: Literal[256, 64], within: int
) -> None:
    chance = random.Random(within)
    rule: Rule = chance.choice(RULES)
    asked = chance.sample(library.designs, _QUERIES)
    by = Comparison(rule=rule, bits=bits, phash_within=within, dhash_within=max(0, within - 1))
    with library.database.transaction() as connection:
        found = PostgresNearDuplicates(connection, "default", 1).near(asked, by)
    assert found == library.compared.near(asked, by)


@given(data=st.data(), offered=st.sampled_from(OFFERED), rule=st.sampled_from(RULES))
@KEEP
def test_any_bits_may_be_the_different_ones(
    library: Library, data: st.DataObject, offered: tuple[Literal[256, 64], int], rule: Rule
) -> None:
    """A stored design with bits flipped that hypothesis chooses: as many as may, one more, or fewer."""
    bits, within = offered
    stored = data.draw(st.sampled_from(library.designs))
    places = st.sets(st.integers(0, bits - 1), max_size=min(within + 1, bits))
    phash, dhash = sorted(data.draw(places)), sorted(data.draw(places))
    if bits == 256:
        moved = _bits(stored).flipped(phash=phash, dhash=dhash)
    else:
        moved = _bits(stored).flipped(phash_small=phash, dhash_small=dhash)
    by = Comparison(rule=rule, bits=bits, phash_within=within, dhash_within=within)
    asked = [design(999_999, moved)]
    with library.database.transaction() as connection:
        found = PostgresNearDuplicates(connection, "default", 1).near(asked, by)
    assert found == library.compared.near(asked, by)
    assert (stored.design in {near.other for near in found}) == by.matches(len(phash), len(dhash)) or len(
        found
    ) == 100


@pytest.mark.parametrize(("bits", "within"), OFFERED[::5])
@pytest.mark.parametrize("rule", RULES)
def test_all_pairs_are_what_comparing_all_finds(
    library: Library, rule: Rule, bits: Literal[256, 64], within: int
) -> None:
    by = Comparison(rule=rule, bits=bits, phash_within=within, dhash_within=within)
    with library.database.transaction() as connection:
        found = PostgresNearDuplicates(connection, "default", 1).every_pair(by)
    assert found == library.compared.every_pair(by)


@given(bits=st.sampled_from([256, 64]), data=st.data())
@KEEP
def test_dealing_keeps_the_distance_and_is_the_same_one_by_one_and_together(
    bits: int, data: st.DataObject
) -> None:
    one, other = (data.draw(st.integers(0, 2**bits - 1)) for _ in range(2))
    cards = [dealt(value, bits) for value in (one, other)]
    assert (int(cards[0], 16) ^ int(cards[1], 16)).bit_count() == (one ^ other).bit_count()
    rows = np.frombuffer(b"".join(value.to_bytes(bits // 8, "big") for value in (one, other)), np.uint8)
    assert dealt_rows(rows.reshape(2, -1)).tobytes().hex() == "".join(cards)


def test_a_distance_that_every_pair_is_within_is_refused() -> None:
    with pytest.raises(ValueError, match="are all within"):
        all_pairs(np.zeros((3, 8), np.uint8), 64)


def _bits(stored: HashedDesign) -> Bits:
    assert isinstance(stored.hashes, Bits)
    return stored.hashes
