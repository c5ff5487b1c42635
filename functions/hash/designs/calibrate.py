"""Measures, on pictures of the user's own, which preset finds copies and takes nothing else for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import Usage
from functions.hash.designs.labels import read_labels, related
from functions.hash.designs.library import Entry, Library, Progress, library_of, names_in, sampled
from functions.hash.designs.presets import PRESETS, Preset
from functions.hash.designs.scores import Family, Pairs, distances, families_of
from functions.hash.designs.transforms import REQUIRED, transforms

RECALL = 0.95
"""The share of copies that a preset has to find, of every transform that REQUIRED names."""
_SHOWN_PAIRS = 10
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A family that keeps copies and other designs apart, and where between them its threshold belongs."""

    family: Family
    lowest: int
    """The lowest threshold with the recall that is wanted."""
    highest: int
    """The highest threshold that takes no unrelated pair for a copy."""

    @property
    def within(self) -> int:
        """A quarter of the way up: what was not looked at may lie beyond both ends, but most of it, all the pairs of a
        larger library, beyond the upper one."""
        return self.lowest + (self.highest - self.lowest) // 4

    @property
    def room(self) -> float:
        """How many times as far from a picture the nearest unrelated one is as its copies are."""
        return (self.highest + 1) / (self.lowest + 1)


def calibrate(folder: Path, labels: Path | None, most: int, progress: Progress) -> dict[str, Any]:
    """What was measured, as plain values. most: pictures that are looked at.

    Raises Usage when there are fewer than two pictures that may be compared, and as `read_labels` does.
    """
    every = names_in(folder)
    told = read_labels(labels, every) if labels else []
    named = {name for label in told for name in (label.a, label.b)}
    names = sorted({*sampled(every, most), *named})
    library = library_of(folder, names, progress)
    if len(library.entries) < _FEWEST:
        raise Usage(
            f"{len(library.entries)} pictures of {folder} can be compared; two are needed, better a hundred.",
            reason="too_few_pictures",
        )
    return answer(library, related(told))


def answer(library: Library, same: Pairs) -> dict[str, Any]:
    """The figures of a library. same: pairs that are one design."""
    families = families_of(library.entries, same)
    choice = chosen(families)
    return {
        "pictures": len(library.entries),
        "pairs": sum(families[0].unrelated),
        "flat": library.flat,
        "exact_copies": [{"name": name, "of": other} for name, other in library.exact_copies],
        "refused": [{"name": name, "reason": reason} for name, reason in library.refused],
        "chosen": None if choice is None else _choice(choice),
        "presets": [_preset(preset, families) for preset in PRESETS.values()],
        "families": [_family(family) for family in families],
        "closest": _closest(library.entries, same),
    }


def chosen(families: Sequence[Family]) -> Choice | None:
    """The family with the most room between copies and unrelated pictures; None when none keeps them apart."""
    choices = [choice for family in families if (choice := _of_family(family)) is not None]
    return max(choices, key=lambda choice: choice.room, default=None)


def required() -> list[str]:
    """The names of the transforms that have to be found."""
    return [each.name for each in transforms() if each.group in REQUIRED]


def _of_family(family: Family) -> Choice | None:
    lowest, highest = _lowest(family), _highest(family)
    return Choice(family, lowest, highest) if lowest is not None and lowest <= highest else None


def _holds(family: Family, within: int) -> bool:
    """Whether a threshold finds what has to be found, and nothing unrelated."""
    lowest = _lowest(family)
    return lowest is not None and lowest <= within <= _highest(family)


def _lowest(family: Family) -> int | None:
    wanted = required()
    for within in range(family.bits // 2):
        if all(family.recall(name, within) >= RECALL for name in wanted):
            return within
    return None


def _highest(family: Family) -> int:
    """-1 when even equal hashes are not safe."""
    closest = family.closest
    return family.bits // 2 - 1 if closest is None else min(closest, family.bits // 2) - 1


def _choice(choice: Choice) -> dict[str, Any]:
    family = choice.family
    return {
        "size": family.size,
        "rule": family.rule,
        "within": choice.within,
        "lowest": choice.lowest,
        "highest": choice.highest,
    }


def _preset(preset: Preset, families: Sequence[Family]) -> dict[str, Any]:
    family = next(each for each in families if (each.size, each.rule) == (preset.size, preset.rule))
    told = {"name": preset.name, "size": preset.size, "rule": preset.rule, "within": preset.within}
    return {**told, "holds": _holds(family, preset.within), **_at(family, preset.within)}


def _family(family: Family) -> dict[str, Any]:
    return {
        "size": family.size,
        "rule": family.rule,
        "lowest": _lowest(family),
        "highest": _highest(family),
        "closest": family.closest,
        "thresholds": [{"within": within, **_at(family, within)} for within in range(family.bits // 4 + 1)],
    }


def _at(family: Family, within: int) -> dict[str, Any]:
    recall = {name: round(family.recall(name, within), 4) for name in family.copies}
    return {"recall": recall, "false_matches": family.false_matches(within)}


def _closest(entries: Sequence[Entry], same: Pairs) -> list[dict[str, Any]]:
    """The unrelated pairs that are most alike, for a person to look at: perhaps they are one design."""
    preset = next(iter(PRESETS.values()))
    hashes = [entry.fingerprint.hashes for entry in entries]
    between = distances(hashes, hashes, preset.size, preset.rule)
    pairs = (
        (int(between[place, other]), entries[place].name, entries[other].name)
        for place in range(len(entries))
        for other in range(place + 1, len(entries))
        if frozenset((entries[place].name, entries[other].name)) not in same
    )
    return [{"a": a, "b": b, "distance": bits} for bits, a, b in sorted(pairs)[:_SHOWN_PAIRS]]
