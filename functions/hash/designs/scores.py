"""How many copies each way to compare finds, and how many unrelated pairs it takes for copies, at every threshold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.hash.designs.hashes import SIZES, Hashes, Size
from functions.hash.designs.library import Entry
from functions.hash.designs.presets import RULES
from functions.hash.designs.transforms import transforms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

Pairs = frozenset[frozenset[str]]


@dataclass(slots=True)
class Family:
    """One size and rule: the distances of copies and of unrelated pairs, counted."""

    size: Size
    rule: str
    unrelated: list[int]
    """How many unrelated pairs are how many bits apart."""
    copies: dict[str, list[int]] = field(default_factory=dict)
    """By transform (or label): how many copies are how many bits from their original."""
    made: dict[str, int] = field(default_factory=dict)
    """How many copies there are, those that are flat and never matched among them."""

    @property
    def bits(self) -> int:
        """Bits of a hash."""
        return self.size * self.size

    def recall(self, transform: str, within: int) -> float:
        """The share of a transform's copies that a threshold finds; 1 when there are none."""
        made = self.made[transform]
        return sum(self.copies[transform][: within + 1]) / made if made else 1.0

    def false_matches(self, within: int) -> int:
        """How many unrelated pairs a threshold takes for copies."""
        return sum(self.unrelated[: within + 1])

    @property
    def closest(self) -> int | None:
        """Bits between the two unrelated pictures that are most alike; None without a pair."""
        return next((bits for bits, count in enumerate(self.unrelated) if count), None)


def families_of(entries: Sequence[Entry], same: Pairs = frozenset()) -> list[Family]:
    """Every size with every rule. same: pairs by name that are one design, so not unrelated.

    An unrelated pair is one of two pictures, or of a copy of one and the other.
    """
    return [_family(entries, size, rule, same) for size in SIZES for rule in RULES]


def _family(entries: Sequence[Entry], size: Size, rule: str, same: Pairs) -> Family:
    family = Family(size, rule, [0] * (size * size + 1))
    originals = [entry.fingerprint.hashes for entry in entries]
    related = _related(entries, same)
    between = distances(originals, originals, size, rule)
    family.unrelated = _counted(between[_upper(len(entries)) & ~related], family.bits)
    for transform in transforms():
        _add_copies(family, entries, originals, transform.name, related)
    if same:
        found = between[_upper(len(entries)) & related]
        family.copies["labelled"], family.made["labelled"] = _counted(found, family.bits), len(found)
    return family


def _add_copies(
    family: Family, entries: Sequence[Entry], originals: Sequence[Hashes], name: str, related: Any
) -> None:
    """Count one transform's copies against their originals, and against every other picture."""
    import numpy as np

    places = [place for place, entry in enumerate(entries) if entry.copies[name] is not None]
    copies = [found for entry in entries if (found := entry.copies[name]) is not None]
    between = distances(copies, originals, family.size, family.rule)
    rows = np.arange(len(places))
    family.copies[name] = _counted(between[rows, places] if places else between.ravel(), family.bits)
    family.made[name] = len(entries)
    own = related[places].copy() if places else related[:0]
    own[rows, places] = True
    more = _counted(between[~own], family.bits)
    family.unrelated = [count + other for count, other in zip(family.unrelated, more, strict=True)]


def distances(ones: Sequence[Hashes], others: Sequence[Hashes], size: Size, rule: str) -> "Numbers":
    """The distance of each of `ones` to each of `others` under a rule, in bits."""
    import numpy as np

    phash, dhash = (_distances(ones, others, size, which) for which in (0, 1))
    combined: dict[str, Callable[[], Numbers]] = {
        "phash": lambda: phash,
        "dhash": lambda: dhash,
        "phash or dhash": lambda: np.minimum(phash, dhash),
        "phash and dhash": lambda: np.maximum(phash, dhash),
    }
    return combined[rule]()


def _distances(ones: Sequence[Hashes], others: Sequence[Hashes], size: Size, which: int) -> "Numbers":
    import numpy as np

    left, right = (_words([each.of_size(size)[which] for each in hashes], size) for hashes in (ones, others))
    total = np.zeros((len(ones), len(others)), dtype=np.int64)
    for word in range(left.shape[1]):
        total += np.bitwise_count(left[:, None, word] ^ right[None, :, word])
    return total


def _words(values: Iterable[int], size: Size) -> Any:
    """Hashes as rows of 64-bit words."""
    import numpy as np

    length = size * size // 8
    written = b"".join(value.to_bytes(length, "big") for value in values)
    return np.frombuffer(written, dtype=">u8").astype(np.uint64).reshape(-1, length // 8)


def _counted(found: "Numbers", bits: int) -> list[int]:
    import numpy as np

    counts: list[int] = np.bincount(found.ravel(), minlength=bits + 1).tolist()
    return counts


def _upper(count: int) -> Any:
    """Each pair once, none with itself."""
    import numpy as np

    return np.triu(np.ones((count, count), dtype=bool), 1)


def _related(entries: Sequence[Entry], same: Pairs) -> Any:
    import numpy as np

    places: Mapping[str, int] = {entry.name: place for place, entry in enumerate(entries)}
    related = np.zeros((len(entries), len(entries)), dtype=bool)
    for pair in same:
        one, other = sorted(pair)
        if one in places and other in places:
            related[places[one], places[other]] = related[places[other], places[one]] = True
    return related
