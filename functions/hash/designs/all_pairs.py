"""All pairs of near hashes within many, exactly, in memory: what a threshold makes of a whole library.

The hashes are cut into more bands than bits may differ, so that a pair has one band at least in common. For each band the
hashes are sorted by it and compared with those that follow them while the band is the same, one word of 64 bits after the
other: nearly all fail at the first. Every step is one operation over whole columns. 100,000 random hashes take about a
second; where most bits are the same in most pictures, many have a band in common, and it takes some times as long.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from functions.hash.designs.near_duplicates import Comparison

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint8]
    Pairs = NDArray[np.int64]
    Places = NDArray[np.int64]

_LONGEST_BAND = 56  # bits: a band fits a whole number of 64
_THREADS = 2


def pairs_by(by: Comparison, phashes: "Hashes", dhashes: "Hashes") -> "Pairs":
    """The pairs of rows that are near copies, as `all_pairs` tells them. The hashes: a row of bytes each."""
    import numpy as np

    if by.rule == "dhash":
        return all_pairs(dhashes, by.dhash_within)
    found = all_pairs(phashes, by.phash_within)
    if by.rule == "phash and dhash":
        return found[_distances(dhashes, found) <= by.dhash_within]
    if by.rule == "phash or dhash":
        found = np.unique(np.concatenate([found, all_pairs(dhashes, by.dhash_within)]), axis=0)
    return found


def all_pairs(hashes: "Hashes", within: int) -> "Pairs":
    """The pairs (low, high) of row numbers whose hashes differ in at most `within` bits, in order.

    hashes: one row of 8 or 32 bytes each.
    """
    import numpy as np

    rows, bits = len(hashes), hashes.shape[1] * 8
    if within >= bits:
        raise ValueError(f"hashes of {bits} bits are all within {within}")
    if rows < 2:
        return np.empty((0, 2), np.int64)
    compare = partial(_same_band, hashes, within)
    with ThreadPoolExecutor(_THREADS) as threads:
        found = list(threads.map(compare, _keys(hashes, within)))
    return np.stack(np.divmod(np.unique(np.concatenate(found)), rows), axis=1)


def _keys(hashes: "Hashes", within: int) -> Iterator["NDArray[np.uint64]"]:
    """The bands, one number a row each. Where they would be so short that they tell less than they cost: one, the same in
    every row, so that all are compared with all."""
    import numpy as np

    bits = hashes.shape[1] * 8
    bands = max(within + 1, -(-bits // _LONGEST_BAND))
    if bands > 2 ** (bits / bands):
        yield np.zeros(len(hashes), np.uint64)
        return
    every = np.unpackbits(hashes, axis=1)
    for band in range(bands):
        yield _key(every[:, band::bands])


def _key(bits: "Hashes") -> "NDArray[np.uint64]":
    """The bits of a band as one number a row."""
    import numpy as np

    packed = np.packbits(bits, axis=1)
    wide = np.zeros((len(packed), 8), np.uint8)
    wide[:, -packed.shape[1] :] = packed
    return wide.view(">u8").ravel().astype(np.uint64)


def _same_band(hashes: "Hashes", within: int, key: "NDArray[np.uint64]") -> "NDArray[np.int64]":
    """The pairs among those with the same band that are within the bits, each as low × rows + high."""
    import numpy as np

    order = np.argsort(key, kind="stable")
    key = key[order]
    words = np.ascontiguousarray(np.ascontiguousarray(hashes[order]).view(np.uint64).T)
    found = [np.empty(0, np.int64)]
    for first, second in _followers(key):
        first, second = _near(words, first, second, within)
        one, other = order[first], order[second]
        found.append(np.minimum(one, other) * len(hashes) + np.maximum(one, other))
    return np.concatenate(found)


def _followers(key: "NDArray[np.uint64]") -> Iterator[tuple["Places", "Places"]]:
    """Places of rows with the same key, each pair once; `key` is sorted. First the neighbours, then those two apart, ..."""
    import numpy as np

    last = np.searchsorted(key, key, side="right") - 1
    at, step = np.flatnonzero(last > np.arange(len(key))), 1
    while len(at):
        yield at, at + step
        step += 1
        at = at[last[at] >= at + step]


def _near(
    words: "NDArray[np.uint64]", first: "Places", second: "Places", within: int
) -> tuple["Places", "Places"]:
    """Those pairs of places that are within the bits. words: one row for each word of all hashes."""
    import numpy as np

    apart = np.zeros(1, np.uint16)
    for word in words:
        apart = apart + np.bitwise_count(word[first] ^ word[second])
        near = np.flatnonzero(apart <= within)
        first, second, apart = first[near], second[near], apart[near]
    return first, second


def _distances(hashes: "Hashes", pairs: "Pairs") -> "NDArray[np.int64]":
    import numpy as np

    different = hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]]
    counted: NDArray[np.int64] = np.bitwise_count(different).sum(axis=1, dtype=np.int64)
    return counted
